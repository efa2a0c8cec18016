/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The state of the running service as plain structs. Texts are valid UTF-8 and never NULL. Most of
 * them originate from other members: they are displayed, never interpreted. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    char *public_key;       /* base64 */
    char *name;             /* or "" */
    char *state;            /* "direct-lan", "direct", "routed", "connecting", "offline" */
    char *reason_id;        /* the engine's id of the reason, or "" */
    char *reason;           /* the reason as a sentence, translated if the id is known */
    char *endpoint;         /* or "" */
    char *trust;            /* "", "Untrusted" to "DelegateTrust" */
    char *address;          /* inside the tunnel, or "" */
    guint round_trip;       /* microseconds, 0: unknown */
    guint64 received, sent; /* bytes */
    gboolean configured;
} WlEditorLivePeer;

typedef struct {
    char *subject; /* public key of the member that the fact is about */
    char *type;    /* "endpoint", "allowed-ips", "member" */
    char *value;
    char *source; /* public key of the member that advertised it; "": this machine */
    char *source_name;
    char *reason; /* why it is accepted or not, a sentence */
    gboolean accepted;
} WlEditorLiveFact;

typedef struct {
    GPtrArray *peers;       /* of WlEditorLivePeer */
    GPtrArray *facts;       /* of WlEditorLiveFact */
    GHashTable *by_subject; /* public key to GPtrArray of the facts about it */
    char **pending_keys;    /* keys of vpn.data whose change takes effect at the next activation */
    char *profile_error;    /* why the saved profile cannot be applied, or "" */
} WlEditorLive;

WlEditorLive *wl_editor_live_new(void);
void wl_editor_live_free(WlEditorLive *live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEditorLive, wl_editor_live_free)

/* Copies the texts; NULL is "". */
void wl_editor_live_add_peer(WlEditorLive *live, const WlEditorLivePeer *peer);
void wl_editor_live_add_fact(WlEditorLive *live, const WlEditorLiveFact *fact);
/* Copies both; NULL: no pending keys, no error. */
void wl_editor_live_set_profile_state(WlEditorLive *live, const char *const *pending_keys,
                                      const char *error);

/* The address of a prefix of one address, such as "10.77.0.3/32"; NULL for other prefixes. Owned by
 * the caller. */
char *wl_editor_host_of_prefix(const char *prefix);

/* NULL if @live is NULL or has no such peer. */
const WlEditorLivePeer *wl_editor_live_find(const WlEditorLive *live, const char *public_key);
/* The facts about a member, of WlEditorLiveFact; NULL if there are none. */
const GPtrArray *wl_editor_live_get_facts(const WlEditorLive *live, const char *subject);

G_END_DECLS
