/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The table of keys: everything a profile may say, once. vpn.data, the .wirelink file, the editor,
 * the auth-dialog and the man page are all made from it. */

#include "wl-profile.h"

G_BEGIN_DECLS

typedef enum {
    WL_KEY_TYPE_KEY,       /* char *: 32 bytes in base64 */
    WL_KEY_TYPE_ADDRESSES, /* GPtrArray: addresses with length, host bits kept */
    WL_KEY_TYPE_PREFIXES,  /* GPtrArray: addresses with length, host bits cleared */
    WL_KEY_TYPE_ENDPOINTS, /* GPtrArray: host:port */
    WL_KEY_TYPE_PATTERNS,  /* GPtrArray: shell patterns of interface names */
    WL_KEY_TYPE_UINT,      /* guint between min and max, or one of words (the value is its index) */
    WL_KEY_TYPE_BOOL,      /* gboolean */
    WL_KEY_TYPE_WORD,      /* an enum: index into words; case does not matter when read */
    WL_KEY_TYPE_NAME,      /* char *: UTF-8 */
    WL_KEY_TYPE_INTERFACE, /* char *: name of a link */
    WL_KEY_TYPE_FLAGS,     /* WlSecretFlags of the secret before it in the table */
    WL_KEY_TYPE_VERSION,   /* nothing in the struct: the form of vpn.data, always 1 */
    WL_KEY_TYPE_DNS,       /* GPtrArray: addresses of servers and search domains; file only */
    WL_KEY_TYPE_TABLE,     /* guint32: routing table; file only */
} WlKeyType;

typedef enum {
    WL_KEY_OF_PROFILE, /* a field of WlProfile */
    WL_KEY_OF_PEER,    /* a field of WlProfilePeer; "peer-<n>-" stands before the name */
    WL_KEY_OF_FILE,    /* a field of WlProfileFile: kept in other settings of the connection */
} WlKeyScope;

typedef struct {
    const char *name;      /* in vpn.data or vpn.secrets; NULL: not there */
    const char *file_name; /* in the file; NULL: not there */
    WlKeyScope scope;
    WlProfileSection section;
    WlKeyType type;
    gboolean secret;
    gboolean required;
    gboolean needs_reactivation; /* a change takes effect at the next activation */
    guint32 min;                 /* of a UINT; see zero */
    guint32 max;                 /* of a UINT, or most items of a list */
    const char *zero;            /* UINT: what 0 means, if it is allowed although less than min */
    const char *const *words;
    const char *default_text; /* for people; NULL: none */
    const char *help;         /* one line for people */
    gsize offset;             /* into the struct of scope */
} WlProfileKey;

/* The rows; the order is that of the file. */
const WlProfileKey *wl_profile_keys(gsize *n_keys);

/* By name in vpn.data or vpn.secrets (without "peer-<n>-"); NULL if unknown. */
const WlProfileKey *wl_profile_keys_find(WlKeyScope scope, const char *name);
/* By name in the file, case does not matter; NULL if unknown. */
const WlProfileKey *wl_profile_keys_find_in_file(WlProfileSection section, const char *file_name);
/* The same in any section. */
const WlProfileKey *wl_profile_keys_find_in_any_section(const char *file_name);
/* By the place of its field; the key must exist. */
const WlProfileKey *wl_profile_keys_of_field(WlKeyScope scope, gsize offset);

/* The words of vpn.data and of the file: "Interface"; "automatic", "leaf", "router"; "Untrusted" to
 * "DelegateTrust", and "" for UNSET. */
const char *wl_profile_section_to_string(WlProfileSection section);
const char *wl_profile_role_to_string(WlProfileRole role);
const char *wl_profile_trust_to_string(WlProfileTrust trust);

/* Splits "peer-<n>-<rest>": n from 1, without leading zeros, at most 6 digits. */
gboolean wl_profile_keys_split_peer(const char *name, guint *number, const char **rest);

/* PreUp, PostUp, PreDown, PostDown: commands that wg-quick runs and wirelink never does. */
gboolean wl_profile_keys_is_command(const char *file_name);

G_END_DECLS
