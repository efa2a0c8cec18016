/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

G_BEGIN_DECLS

/* The editor as programs see it: a widget, "changed", and update_connection. */
#define WL_TYPE_EDITOR (wl_editor_get_type())
G_DECLARE_FINAL_TYPE(WlEditor, wl_editor, WL, EDITOR, GObject)

/* What the plugin looks up; the only symbol that is exported. The toolkit must be running. */
NMVpnEditor *nm_vpn_editor_factory_wirelink(NMVpnEditorPlugin *plugin, NMConnection *connection,
                                            GError **error);

G_END_DECLS
