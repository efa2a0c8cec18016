/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* A wirelink profile as a plain struct, without NetworkManager; nm/ converts it from and to
 * connections.
 *
 * Each field is described by one row of the table in wl-profile-keys.c. wl-profile-value.c checks
 * single values when they are parsed, wl_profile_check() the profile as a whole. A profile from
 * wl_profile_from_connection() or a file reader has passed both. A profile owns its strings and
 * arrays; its creator frees it. */

#include <glib.h>

G_BEGIN_DECLS

#define WL_PROFILE_SERVICE_TYPE "org.freedesktop.NetworkManager.wirelink"

#define WL_PROFILE_DEFAULT_FACT_PORT 51821

/* Limits of a profile; reading fails beyond them. */
#define WL_PROFILE_MAX_PEERS       1000
#define WL_PROFILE_MAX_PEER_NUMBER 999999 /* <n> of peer-<n>-... */
#define WL_PROFILE_MAX_ENDPOINTS   64     /* per peer */
#define WL_PROFILE_MAX_ALLOWED_IPS 256    /* per peer */
#define WL_PROFILE_MAX_LIST        64     /* addresses, networks, patterns of interface names */
#define WL_PROFILE_MAX_NAME        255    /* bytes of UTF-8 */
#define WL_PROFILE_MAX_VALUE       65536  /* bytes of one value */
#define WL_PROFILE_MAX_EXTRA       256    /* unknown keys, per section */
#define WL_PROFILE_MAX_FILE        (1024 * 1024)

#define WL_PROFILE_ERROR (wl_profile_error_quark())
GQuark wl_profile_error_quark(void);

typedef enum {
    WL_PROFILE_ERROR_VALUE,      /* a value is malformed or out of range */
    WL_PROFILE_ERROR_MISSING,    /* a required key is missing */
    WL_PROFILE_ERROR_CONFLICT,   /* two values contradict each other */
    WL_PROFILE_ERROR_SECRET,     /* a required secret is missing */
    WL_PROFILE_ERROR_SYNTAX,     /* a line of a file cannot be parsed */
    WL_PROFILE_ERROR_REFUSED,    /* valid but not supported, such as PostUp */
    WL_PROFILE_ERROR_NO_SECTION, /* a file without [Wirelink] */
    WL_PROFILE_ERROR_IO,         /* a file cannot be read or written */
    WL_PROFILE_ERROR_TYPE,       /* a connection of another type */
} WlProfileError;

typedef enum {
    WL_PROFILE_ROLE_AUTOMATIC,
    WL_PROFILE_ROLE_LEAF,
    WL_PROFILE_ROLE_ROUTER,
} WlProfileRole;

typedef enum {
    WL_PROFILE_PORT_MAPPING_AUTO,
    WL_PROFILE_PORT_MAPPING_OFF,
} WlProfilePortMapping;

/* The levels of the protocol (docs/protocol.md 6.1), in ascending order; UNSET: not set in the
 * profile. */
typedef enum {
    WL_PROFILE_TRUST_UNSET,
    WL_PROFILE_TRUST_UNTRUSTED,
    WL_PROFILE_TRUST_ENDPOINT,
    WL_PROFILE_TRUST_ALLOWED_IPS,
    WL_PROFILE_TRUST_MEMBERSHIP,
    WL_PROFILE_TRUST_DELEGATE_TRUST,
} WlProfileTrust;

/* Where a secret is stored: the values of libnm's NMSettingSecretFlags. */
typedef enum {
    WL_SECRET_FLAG_NONE = 0,              /* by NetworkManager, for all users */
    WL_SECRET_FLAG_AGENT_OWNED = 1 << 0,  /* in the keyring of the user */
    WL_SECRET_FLAG_NOT_SAVED = 1 << 1,    /* nowhere: asked for at each activation */
    WL_SECRET_FLAG_NOT_REQUIRED = 1 << 2, /* may be missing */
} WlSecretFlags;

/* Sections of the .wirelink file. */
typedef enum {
    WL_PROFILE_SECTION_INTERFACE,
    WL_PROFILE_SECTION_WIRELINK,
    WL_PROFILE_SECTION_PEER,
} WlProfileSection;

/* An unknown key of a file, kept so that writing the file again loses nothing. The values of a
 * repeated key are separated by line feeds, in their order. */
typedef struct {
    WlProfileSection section;
    char *key;
    char *value;
} WlProfileExtra;

typedef struct {
    guint number;           /* <n> of peer-<n>-...; 0: assigned when vpn.data is written */
    char *public_key;       /* base64, canonical */
    char *name;             /* UTF-8 or NULL */
    GPtrArray *endpoints;   /* of char *: "name:port", "192.0.2.1:port", "[2001:db8::1]:port" */
    GPtrArray *allowed_ips; /* of char *: "address/length", host bits cleared */
    char *preshared_key;    /* base64, secret, or NULL */
    WlSecretFlags preshared_key_flags; /* NOT_REQUIRED for a peer without one */
    guint keepalive;                   /* seconds, 0: off */
    WlProfileTrust trust;
    gboolean basic;
    gboolean fact_exchanger;
    GPtrArray *extra; /* of WlProfileExtra, sorted by key */
} WlProfilePeer;

typedef struct {
    char *private_key; /* base64, secret; NULL if secrets were not requested */
    WlSecretFlags private_key_flags;
    GPtrArray *addresses; /* of char *: "address/length", host bits kept */
    guint listen_port;    /* 0: the kernel chooses */
    guint fact_port;
    guint mtu;            /* bytes, 0: automatic */
    char *interface_name; /* or NULL: see wl_profile_get_link_name() */
    WlProfileRole role;
    char *name; /* of this machine, or NULL */
    gboolean chatty;
    gboolean autostart;   /* for the dispatcher script; ignored by the service */
    gboolean full_tunnel; /* use the default routes of peers */
    gboolean kill_switch; /* requires full_tunnel */
    WlProfilePortMapping port_mapping;
    gboolean forwarding;        /* IPv6 too, and regardless of the role */
    gboolean offer_exit;        /* members reach the internet through this machine */
    GPtrArray *shared_networks; /* of char *: "address/length" behind this machine */
    GPtrArray *networks;        /* of char *: "address/length", host bits cleared; empty: default */
    GPtrArray *hide_interfaces; /* of char *: patterns (docs/protocol.md 8.2) */
    GPtrArray *announce_interfaces; /* of char *: the same */
    GPtrArray *peers;               /* of WlProfilePeer */
    GPtrArray *extra;               /* of WlProfileExtra, sorted by section and key */
    GPtrArray *warnings;            /* of char *: sentences about ignored input, without secrets */
} WlProfile;

WlProfile *wl_profile_new(void);
/* Wipes the secrets. */
void wl_profile_free(WlProfile *profile);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlProfile, wl_profile_free)

WlProfilePeer *wl_profile_peer_new(void);
void wl_profile_peer_free(WlProfilePeer *peer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlProfilePeer, wl_profile_peer_free)

/* The name of the link, owned by the caller: the link-name of @profile (may be NULL), else "nmwl-"
 * and the first 8 hex digits of @uuid. */
char *wl_profile_dup_link_name(const WlProfile *profile, const char *uuid);

/* A NULL-terminated view of @strings (of char *). Free it with g_free(); the strings still belong
 * to
 * @strings. */
const char **wl_profile_strings_view(const GPtrArray *strings);

G_END_DECLS
