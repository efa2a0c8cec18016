/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The NMVpnEditor of wirelink connections: a widget, the signal "changed", update_connection(). */

#include <NetworkManager.h>

G_BEGIN_DECLS

#define WL_TYPE_EDITOR (wl_editor_get_type())
G_DECLARE_FINAL_TYPE(WlEditor, wl_editor, WL, EDITOR, GObject)

/* The only exported symbol, which the plugin looks up. The toolkit must be initialized. */
NMVpnEditor *nm_vpn_editor_factory_wirelink(NMVpnEditorPlugin *plugin, NMConnection *connection,
                                            GError **error);

G_END_DECLS
