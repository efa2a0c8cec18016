/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* What a running service says about a profile, as plain structs. Texts are UTF-8 and never NULL;
 * most of it comes from other members and is shown only. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    char *public_key; /* base64 */
    char *name;       /* or "" */
    char *state;      /* "direct-lan", "direct", "routed", "connecting", "offline" */
    char *reason_id;  /* a name for why, as the engine has them, or "" */
    char *reason;     /* the same in words, in the language of the user */
    char *endpoint;   /* or "" */
    char *trust;      /* "", "Untrusted" to "DelegateTrust" */
    gboolean configured;
} WlEditorLivePeer;

typedef struct {
    char *subject;   /* public key: of whom it is told */
    char *attribute; /* "endpoint", "allowed-ips", "member" */
    char *value;
    char *source; /* public key: who told it; "" for this machine itself */
    char *source_name;
    char *rule; /* why it is believed or refused, a sentence */
    gboolean accepted;
} WlEditorLiveFact;

typedef struct {
    GPtrArray *peers;       /* of WlEditorLivePeer */
    GPtrArray *facts;       /* of WlEditorLiveFact */
    GHashTable *by_subject; /* public key to the facts about it */
    char **waiting;         /* keys of vpn.data that count when the profile is brought up again */
    char *profile_error;    /* why what is stored could not run, or "" */
} WlEditorLive;

WlEditorLive *wl_editor_live_new(void);
void wl_editor_live_free(WlEditorLive *live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEditorLive, wl_editor_live_free)

/* Copies the texts; NULL is "". */
void wl_editor_live_add_peer(WlEditorLive *live, const WlEditorLivePeer *peer);
void wl_editor_live_add_fact(WlEditorLive *live, const WlEditorLiveFact *fact);

/* Copies both; NULL: nothing waits, nothing is wrong. */
void wl_editor_live_set_profile_state(WlEditorLive *live, const char *const *waiting,
                                      const char *error);

const WlEditorLivePeer *wl_editor_live_find(const WlEditorLive *live, const char *public_key);

/* Of WlEditorLiveFact; NULL: none. */
const GPtrArray *wl_editor_live_get_facts(const WlEditorLive *live, const char *subject);

/* wl-live-text.c: all of it translated */

/* "Direct", "Through a router": the state in a word or two; an unknown one as it is. */
const char *wl_editor_live_state_title(const char *state);
/* The engine's sentence @id with what is filled in; @english where that is not known here. */
char *wl_editor_live_sentence(const char *id, const char *const *arguments, const char *english);
/* The state and why. */
char *wl_editor_live_dup_summary(const WlEditorLivePeer *peer);
/* What others told of a member, a line each, the first of many; NULL: nothing. */
char *wl_editor_live_dup_told(const WlEditorLive *live, const char *public_key);

G_END_DECLS
