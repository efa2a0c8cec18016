/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The editor plugin that libnm loads: import, export and capabilities, implemented by src/profile.
 * The editor itself is in a library for each toolkit, which is loaded once and never unloaded.
 * Errors are of G_FILE_ERROR or NM_VPN_PLUGIN_ERROR, or those of the importer.
 */
#include "wl-editor-plugin.h"

#include <dlfcn.h>

#include <glib/gi18n-lib.h>

#include "wl-profile-import.h"
#include "wl-profile.h"

/* The editors for GTK 3 and GTK 4 programs; neither may be loaded into a program of the other. */
#define EDITOR_GTK3 "libnm-vpn-plugin-wirelink-editor.so"
#define EDITOR_GTK4 "libnm-gtk4-vpn-plugin-wirelink-editor.so"

struct _WlEditorPlugin {
    GObject parent_instance;
};

enum {
    PROP_0,
    PROP_NAME,
    PROP_DESCRIPTION,
    PROP_SERVICE,
};

static void wl_editor_plugin_interface_init(NMVpnEditorPluginInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE(WlEditorPlugin, wl_editor_plugin, G_TYPE_OBJECT,
                              G_IMPLEMENT_INTERFACE(NM_TYPE_VPN_EDITOR_PLUGIN,
                                                    wl_editor_plugin_interface_init))

static NMVpnEditorPluginCapability
get_capabilities(NMVpnEditorPlugin *plugin)
{
    /* Without IPV6 nm-connection-editor hides its IPv6 page. */
    return NM_VPN_EDITOR_PLUGIN_CAPABILITY_IMPORT | NM_VPN_EDITOR_PLUGIN_CAPABILITY_EXPORT |
           NM_VPN_EDITOR_PLUGIN_CAPABILITY_IPV6;
}

static NMConnection *
import_from_file(NMVpnEditorPlugin *plugin, const char *path, GError **error)
{
    return wl_profile_import(path, error);
}

static gboolean
export_to_file(NMVpnEditorPlugin *plugin, const char *path, NMConnection *connection,
               GError **error)
{
    return wl_profile_export(path, connection, error);
}

static char *
get_suggested_filename(NMVpnEditorPlugin *plugin, NMConnection *connection)
{
    return wl_profile_suggest_file_name(connection);
}

/* The editor beside this library for the toolkit of the running program: two toolkits in one
 * process conflict. */
static char *
editor_path(void)
{
    static const char here = 0;
    gboolean gtk3 = dlsym(RTLD_DEFAULT, "gtk_container_add") != NULL;
    g_autofree char *folder = NULL;
    Dl_info self;

    if (!dladdr(&here, &self) || !self.dli_fname)
        return NULL;
    folder = g_path_get_dirname(self.dli_fname);
    return g_build_filename(folder, gtk3 ? EDITOR_GTK3 : EDITOR_GTK4, NULL);
}

static NMVpnEditor *
get_editor(NMVpnEditorPlugin *plugin, NMConnection *connection, GError **error)
{
    typedef NMVpnEditor *(*EditorFactory)(NMVpnEditorPlugin *, NMConnection *, GError **);
    static EditorFactory factory;
    g_autofree char *path = NULL;
    void *library;

    if (!factory) {
        path = editor_path();
        /* Programs report exactly NOENT as "not installed". */
        if (!path || !g_file_test(path, G_FILE_TEST_EXISTS)) {
            g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT,
                        _("The editor for wirelink connections is not installed (%s is missing)"),
                        path ? path : EDITOR_GTK4);
            return NULL;
        }
        /* Never closed, as registered types cannot be unregistered. */
        library = dlopen(path, RTLD_LAZY | RTLD_LOCAL);
        if (library)
            *(void **) &factory = dlsym(library, "nm_vpn_editor_factory_wirelink");
        if (!factory) {
            g_set_error(error, NM_VPN_PLUGIN_ERROR, NM_VPN_PLUGIN_ERROR_FAILED,
                        _("Cannot load the editor for wirelink connections: %s"), dlerror());
            return NULL;
        }
    }
    return factory(plugin, connection, error);
}

static void
wl_editor_plugin_interface_init(NMVpnEditorPluginInterface *iface)
{
    iface->get_editor = get_editor;
    iface->get_capabilities = get_capabilities;
    iface->import_from_file = import_from_file;
    iface->export_to_file = export_to_file;
    iface->get_suggested_filename = get_suggested_filename;
}

static void
wl_editor_plugin_get_property(GObject *object, guint id, GValue *value, GParamSpec *spec)
{
    switch (id) {
    case PROP_NAME:
        g_value_set_static_string(value, "wirelink");
        break;
    case PROP_DESCRIPTION:
        g_value_set_static_string(
            value, _("A WireGuard network whose members find each other and connect directly"));
        break;
    case PROP_SERVICE:
        g_value_set_static_string(value, WL_PROFILE_SERVICE_TYPE);
        break;
    default:
        G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, spec);
    }
}

static void
wl_editor_plugin_class_init(WlEditorPluginClass *class)
{
    GObjectClass *object_class = G_OBJECT_CLASS(class);

    object_class->get_property = wl_editor_plugin_get_property;
    g_object_class_override_property(object_class, PROP_NAME, NM_VPN_EDITOR_PLUGIN_NAME);
    g_object_class_override_property(object_class, PROP_DESCRIPTION,
                                     NM_VPN_EDITOR_PLUGIN_DESCRIPTION);
    g_object_class_override_property(object_class, PROP_SERVICE, NM_VPN_EDITOR_PLUGIN_SERVICE);
}

static void
wl_editor_plugin_init(WlEditorPlugin *self)
{
}

/* The only exported symbol, which libnm looks up. */
NMVpnEditorPlugin *
nm_vpn_editor_plugin_factory(GError **error)
{
    bindtextdomain(GETTEXT_PACKAGE, WL_LOCALE_DIR);
    bind_textdomain_codeset(GETTEXT_PACKAGE, "UTF-8");
    return g_object_new(WL_TYPE_EDITOR_PLUGIN, NULL);
}
