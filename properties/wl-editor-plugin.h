/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <NetworkManager.h>

G_BEGIN_DECLS

/* What libnm-vpn-plugin-wirelink.so is for clients of NetworkManager: import, export, capabilities,
 * and the way to the editor. */
#define WL_TYPE_EDITOR_PLUGIN (wl_editor_plugin_get_type())
G_DECLARE_FINAL_TYPE(WlEditorPlugin, wl_editor_plugin, WL, EDITOR_PLUGIN, GObject)

G_END_DECLS
