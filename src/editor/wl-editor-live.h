/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* What a running service says about a profile, as plain structs. Texts are UTF-8 and never NULL;
 * all of it comes from other members and is shown only. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct {
    char *public_key; /* base64 */
    char *name;       /* or "" */
    char *state;      /* "direct-lan", "direct", "routed", "connecting", "offline" */
    char *reason;     /* a sentence */
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
    GPtrArray *peers; /* of WlEditorLivePeer */
    GPtrArray *facts; /* of WlEditorLiveFact */
} WlEditorLive;

WlEditorLive *wl_editor_live_new(void);
void wl_editor_live_free(WlEditorLive *live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEditorLive, wl_editor_live_free)

/* Copies the texts; NULL is "". */
void wl_editor_live_add_peer(WlEditorLive *live, const WlEditorLivePeer *peer);
void wl_editor_live_add_fact(WlEditorLive *live, const WlEditorLiveFact *fact);

const WlEditorLivePeer *wl_editor_live_find(const WlEditorLive *live, const char *public_key);

/* "Direct", "Through a router": the state in a word or two, translated; an unknown one as it is. */
const char *wl_editor_live_state_title(const char *state);

G_END_DECLS
