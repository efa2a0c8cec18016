/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* The NMVpnEditorPlugin of libnm-vpn-plugin-wirelink.so: import, export, capabilities, and the
 * editor, which it loads from a library of its own. */

#include <NetworkManager.h>

G_BEGIN_DECLS

#define WL_TYPE_EDITOR_PLUGIN (wl_editor_plugin_get_type())
G_DECLARE_FINAL_TYPE(WlEditorPlugin, wl_editor_plugin, WL, EDITOR_PLUGIN, GObject)

G_END_DECLS
