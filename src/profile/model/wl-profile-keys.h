/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The table of keys: every key of a profile, once. vpn.data, the .wirelink file, the editor, the
 * auth-dialog and the man page are derived from it. Static data; nothing is to be freed. */

#include "wl-profile.h"

G_BEGIN_DECLS

typedef enum {
    WL_KEY_TYPE_KEY,       /* char *: 32 bytes in base64 */
    WL_KEY_TYPE_ADDRESSES, /* GPtrArray: addresses with length, host bits kept */
    WL_KEY_TYPE_PREFIXES,  /* GPtrArray: addresses with length, host bits cleared */
    WL_KEY_TYPE_ENDPOINTS, /* GPtrArray: host:port */
    WL_KEY_TYPE_PATTERNS,  /* GPtrArray: shell patterns of interface names */
    WL_KEY_TYPE_UINT, /* guint between min and max, or one of words, whose index is the value */
    WL_KEY_TYPE_BOOL, /* gboolean */
    WL_KEY_TYPE_WORD, /* an enum: index into words, read regardless of case */
    WL_KEY_TYPE_NAME, /* char *: UTF-8 */
    WL_KEY_TYPE_INTERFACE, /* char *: name of a link */
    WL_KEY_TYPE_FLAGS,     /* WlSecretFlags of the secret before it in the table */
    WL_KEY_TYPE_VERSION,   /* no field: the version of the format of vpn.data, always 1 */
    WL_KEY_TYPE_DNS,       /* GPtrArray: addresses of servers and search domains; file only */
    WL_KEY_TYPE_TABLE,     /* guint32: routing table; file only */
} WlKeyType;

typedef enum {
    WL_KEY_OF_PROFILE, /* a field of WlProfile */
    WL_KEY_OF_PEER,    /* a field of WlProfilePeer, in vpn.data with the prefix "peer-<n>-" */
    WL_KEY_OF_FILE,    /* a field of WlProfileFile, stored in other settings of a connection */
} WlKeyScope;

typedef struct {
    const char *name;      /* in vpn.data or vpn.secrets; NULL: none */
    const char *file_name; /* in the file; NULL: none */
    WlKeyScope scope;
    WlProfileSection section;
    WlKeyType type;
    gboolean secret;
    gboolean required;
    gboolean needs_reactivation; /* a change takes effect at the next activation */
    guint32 min;                 /* of a UINT, except 0; see zero */
    guint32 max;                 /* of a UINT, or the maximum length of a list */
    const char *zero;            /* meaning of 0 of a UINT; NULL: 0 is not allowed */
    const char *const *words;
    const char *default_text; /* for documentation; NULL: none */
    const char *help;         /* one sentence for documentation */
    gsize offset;             /* into the struct of scope */
} WlProfileKey;

/* The rows in the order of the file. */
const WlProfileKey *wl_profile_keys(gsize *n_keys);

/* By name in vpn.data or vpn.secrets (without "peer-<n>-"); NULL if unknown. */
const WlProfileKey *wl_profile_keys_find(WlKeyScope scope, const char *name);
/* By name in the file, regardless of case; NULL if unknown. */
const WlProfileKey *wl_profile_keys_find_in_file(WlProfileSection section, const char *file_name);
/* The same in any section. */
const WlProfileKey *wl_profile_keys_find_in_any_section(const char *file_name);
/* By the offset of its field; the key must exist. */
const WlProfileKey *wl_profile_keys_of_field(WlKeyScope scope, gsize offset);

/* The words of vpn.data and of the file: "Interface"; "automatic", "leaf", "router"; "Untrusted" to
 * "DelegateTrust", and "" for UNSET. */
const char *wl_profile_section_to_string(WlProfileSection section);
const char *wl_profile_role_to_string(WlProfileRole role);
const char *wl_profile_port_mapping_to_string(WlProfilePortMapping port_mapping);
const char *wl_profile_trust_to_string(WlProfileTrust trust);

/* Splits "peer-<n>-<rest>": n from 1, at most 6 digits, without leading zeros. */
gboolean wl_profile_keys_split_peer(const char *name, guint *number, const char **rest);

/* PreUp, PostUp, PreDown, PostDown: commands that wg-quick runs and wirelink ignores. */
gboolean wl_profile_keys_is_command(const char *file_name);

G_END_DECLS
