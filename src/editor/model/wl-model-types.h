/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The types that every part of the model shares.
 *
 * A model is a profile that is being edited: the text of each field, valid or not, and the problems
 * found in it. It has no toolkit: the GTK 3 and GTK 4 editors display it, the tests drive it.
 *
 * Fields are named as in vpn.data and vpn.secrets ("address", "private-key"), those of a peer
 * without its number ("allowed-ips"). Where a function takes a peer, NULL selects the fields of the
 * profile. A peer belongs to its model and is valid until it is removed. Not thread-safe. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _WlEditorModel WlEditorModel;
typedef struct _WlEditorPeer WlEditorPeer;

typedef enum {
    WL_EDITOR_CHANGE_FIELD = 1 << 0, /* a text, and the problems found */
    WL_EDITOR_CHANGE_PEERS = 1 << 1, /* the list of peers or its order */
    WL_EDITOR_CHANGE_LIVE = 1 << 2,  /* the state of the running service */
} WlEditorChange;

typedef void (*WlEditorChangedFunc)(WlEditorModel *model, WlEditorChange change,
                                    gpointer user_data);

G_END_DECLS
