/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-objects.h"

#include "wl-dbus-interfaces.h"
#include "wl-peer-properties.h"

#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"
#define PROPERTIES     "org.freedesktop.DBus.Properties"

#define LINK_INTERFACE (&org_freedesktop_network_manager_wirelink1_link_interface)
#define PEER_INTERFACE (&org_freedesktop_network_manager_wirelink1_peer_interface)

static const char manager_xml[] =
    "<node><interface name='" OBJECT_MANAGER "'>"
    "<method name='GetManagedObjects'><arg type='a{oa{sa{sv}}}' direction='out'/></method>"
    "<signal name='InterfacesAdded'><arg type='o'/><arg type='a{sa{sv}}'/></signal>"
    "<signal name='InterfacesRemoved'><arg type='o'/><arg type='as'/></signal>"
    "</interface></node>";

typedef struct {
    WlObjects *objects;
    WlKey key;
    char *path;
    guint registration;
    GVariant *shown; /* a{sv} as last signalled */
} PeerObject;

struct _WlObjects {
    GDBusConnection *connection;
    WlSession *session;
    char *id;
    guint link_registration;
    guint manager_registration;
    guint last_number;
    GPtrArray *peers; /* of PeerObject */
};

static void
peer_object_free(PeerObject *object)
{
    if (object->registration)
        g_dbus_connection_unregister_object(object->objects->connection, object->registration);
    g_variant_unref(object->shown);
    g_free(object->path);
    g_free(object);
}

static PeerObject *
find_peer(WlObjects *self, const WlKey *key, guint *index)
{
    for (guint i = 0; i < self->peers->len; i++) {
        PeerObject *object = g_ptr_array_index(self->peers, i);

        if (wl_key_equal(&object->key, key)) {
            if (index)
                *index = i;
            return object;
        }
    }
    return NULL;
}

/* ---- what the objects say ------------------------------------------------------------------ */

static const char *
via_path(WlObjects *self, const WlPeerView *view)
{
    PeerObject *router = view->has_via ? find_peer(self, &view->via, NULL) : NULL;

    return router ? router->path : "/";
}

/* Of the last snapshot: see on_peer_call() for why nothing is refreshed here. */
static GVariant *
peer_properties(WlObjects *self, PeerObject *object)
{
    WlPeerView view;

    if (!wl_engine_get_peer(wl_session_get_engine(self->session), &object->key, &view))
        return g_variant_new("a{sv}", NULL);
    return wl_peer_properties_new_all(&view, via_path(self, &view));
}

static GVariant *
received_variant(const WlEngine *engine)
{
    const guint64 *received = wl_engine_get_received(engine);
    GVariantBuilder counts;

    g_variant_builder_init(&counts, G_VARIANT_TYPE("a{st}"));
    for (guint i = 0; i < WL_RECEIVE_N_RESULTS; i++)
        g_variant_builder_add(&counts, "{st}", wl_receive_result_label(i), received[i]);
    return g_variant_builder_end(&counts);
}

static GVariant *
link_properties(WlObjects *self)
{
    const WlEngine *engine = wl_session_get_engine(self->session);
    const WlSessionSettings *settings = wl_session_get_settings(self->session);
    const WlKey *own = wl_engine_get_public_key(engine);
    GVariantDict dict;
    WlIp link_local;

    wl_key_link_local(own, &link_local);
    g_variant_dict_init(&dict, NULL);
    g_variant_dict_insert(&dict, "Uuid", "s", settings->uuid);
    g_variant_dict_insert(&dict, "Id", "s", self->id);
    g_variant_dict_insert(&dict, "Interface", "s", settings->interface);
    g_variant_dict_insert(&dict, "Backend", "s",
                          wl_link_get_backend(wl_session_get_link(self->session)));
    g_variant_dict_insert_value(&dict, "PublicKey",
                                g_variant_new_take_string(wl_key_to_string(own)));
    g_variant_dict_insert_value(&dict, "LinkLocalAddress",
                                g_variant_new_take_string(wl_ip_to_string(&link_local)));
    g_variant_dict_insert(&dict, "ListenPort", "q",
                          wl_session_get_config(self->session)->listen_port);
    g_variant_dict_insert(&dict, "FactPort", "q", settings->fact_port);
    g_variant_dict_insert(&dict, "Role", "s", wl_engine_is_router(engine) ? "router" : "leaf");
    g_variant_dict_insert(&dict, "FactCount", "u", wl_engine_get_fact_count(engine));
    g_variant_dict_insert_value(&dict, "Received", received_variant(engine));
    g_variant_dict_insert(&dict, "Version", "s", WL_VERSION);
    return g_variant_dict_end(&dict);
}

static GVariant *
interfaces_variant(const GDBusInterfaceInfo *interface, GVariant *properties)
{
    GVariantBuilder interfaces;

    g_variant_builder_init(&interfaces, G_VARIANT_TYPE("a{sa{sv}}"));
    g_variant_builder_add(&interfaces, "{s@a{sv}}", interface->name, properties);
    return g_variant_builder_end(&interfaces);
}

static GVariant *
all_objects(WlObjects *self)
{
    GVariantBuilder objects;

    g_variant_builder_init(&objects, G_VARIANT_TYPE("a{oa{sa{sv}}}"));
    g_variant_builder_add(&objects, "{o@a{sa{sv}}}", WL_OBJECTS_LINK,
                          interfaces_variant(LINK_INTERFACE, link_properties(self)));
    for (guint i = 0; i < self->peers->len; i++) {
        PeerObject *object = g_ptr_array_index(self->peers, i);

        g_variant_builder_add(&objects, "{o@a{sa{sv}}}", object->path,
                              interfaces_variant(PEER_INTERFACE, peer_properties(self, object)));
    }
    return g_variant_builder_end(&objects);
}

/* ---- calls --------------------------------------------------------------------------------- */

/* Objects are registered without a property getter: GDBus then hands reads over as method calls, so
 * that they can be authorised one by one. Until then the bus lets only root call us. */
static void
answer_properties(GDBusMethodInvocation *invocation, const char *method, GVariant *parameters,
                  GVariant *all)
{
    g_autoptr(GVariant) properties = g_variant_ref_sink(all);
    const char *name;

    if (g_str_equal(method, "GetAll")) {
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(@a{sv})", properties));
        return;
    }
    g_variant_get_child(parameters, 1, "&s", &name);
    if (g_str_equal(method, "Get")) {
        g_autoptr(GVariant) value = g_variant_lookup_value(properties, name, NULL);

        if (value) {
            g_dbus_method_invocation_return_value(invocation, g_variant_new("(v)", value));
            return;
        }
    }
    g_dbus_method_invocation_return_error(invocation, G_DBUS_ERROR, G_DBUS_ERROR_PROPERTY_READ_ONLY,
                                          "The property %s can only be read", name);
}

static void
on_link_call(GDBusConnection *connection, const char *sender, const char *path,
             const char *interface, const char *method, GVariant *parameters,
             GDBusMethodInvocation *invocation, gpointer user_data)
{
    if (g_str_equal(interface, PROPERTIES))
        answer_properties(invocation, method, parameters, link_properties(user_data));
}

static void
on_peer_call(GDBusConnection *connection, const char *sender, const char *path,
             const char *interface, const char *method, GVariant *parameters,
             GDBusMethodInvocation *invocation, gpointer user_data)
{
    PeerObject *object = user_data;
    WlObjects *self = object->objects;
    WlKey key = object->key;

    if (!g_str_equal(interface, PROPERTIES))
        return;
    /* A fresh snapshot may take this very peer away. */
    wl_session_refresh_counters(self->session);
    object = find_peer(self, &key, NULL);
    if (object)
        answer_properties(invocation, method, parameters, peer_properties(self, object));
    else
        g_dbus_method_invocation_return_error(invocation, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT,
                                              "The peer %s is not a member any more", path);
}

static void
on_manager_call(GDBusConnection *connection, const char *sender, const char *path,
                const char *interface, const char *method, GVariant *parameters,
                GDBusMethodInvocation *invocation, gpointer user_data)
{
    WlObjects *self = user_data;

    if (!g_str_equal(method, "GetManagedObjects"))
        return;
    wl_session_refresh_counters(self->session);
    g_dbus_method_invocation_return_value(invocation,
                                          g_variant_new("(@a{oa{sa{sv}}})", all_objects(self)));
}

static const GDBusInterfaceVTable link_vtable = {.method_call = on_link_call};
static const GDBusInterfaceVTable peer_vtable = {.method_call = on_peer_call};
static const GDBusInterfaceVTable manager_vtable = {.method_call = on_manager_call};

/* ---- signals ------------------------------------------------------------------------------- */

static void
emit(WlObjects *self, const char *path, const char *interface, const char *signal,
     GVariant *parameters)
{
    g_autoptr(GError) error = NULL;

    if (!g_dbus_connection_emit_signal(self->connection, NULL, path, interface, signal, parameters,
                                       &error))
        g_info("D-Bus signal %s: %s", signal, error->message);
}

/* Entries of @now that @before has not, or has with another value. */
static GVariant *
difference(GVariant *before, GVariant *now)
{
    GVariantBuilder changed;
    GVariantIter iter;
    const char *name;
    GVariant *value;
    gboolean any = FALSE;

    g_variant_builder_init(&changed, G_VARIANT_TYPE_VARDICT);
    g_variant_iter_init(&iter, now);
    while (g_variant_iter_loop(&iter, "{&sv}", &name, &value)) {
        g_autoptr(GVariant) old = g_variant_lookup_value(before, name, NULL);

        if (old && g_variant_equal(old, value))
            continue;
        g_variant_builder_add(&changed, "{sv}", name, value);
        any = TRUE;
    }
    if (any)
        return g_variant_builder_end(&changed);
    g_variant_builder_clear(&changed);
    return NULL;
}

static void
add_peer(WlObjects *self, const WlKey *key, GVariant *shown)
{
    PeerObject *object = g_new0(PeerObject, 1);
    g_autoptr(GError) error = NULL;

    object->objects = self;
    object->key = *key;
    object->shown = g_variant_ref(shown);
    object->path = g_strdup_printf(WL_OBJECTS_ROOT "/peer/%u", ++self->last_number);
    object->registration = g_dbus_connection_register_object(self->connection, object->path,
                                                             (GDBusInterfaceInfo *) PEER_INTERFACE,
                                                             &peer_vtable, object, NULL, &error);
    if (!object->registration) {
        g_warning("D-Bus object %s: %s", object->path, error->message);
        peer_object_free(object);
        return;
    }
    g_ptr_array_add(self->peers, object);
    emit(self, WL_OBJECTS_ROOT, OBJECT_MANAGER, "InterfacesAdded",
         g_variant_new("(o@a{sa{sv}})", object->path,
                       interfaces_variant(PEER_INTERFACE, peer_properties(self, object))));
}

void
wl_objects_peer_changed(WlObjects *self, const WlKey *key)
{
    PeerObject *object = find_peer(self, key, NULL);
    WlPeerView view;

    if (!wl_engine_get_peer(wl_session_get_engine(self->session), key, &view))
        return;
    g_autoptr(GVariant) now =
        g_variant_ref_sink(wl_peer_properties_new(&view, via_path(self, &view)));

    if (!object) {
        add_peer(self, key, now);
        return;
    }
    GVariant *changed = difference(object->shown, now);

    if (!changed)
        return;
    g_variant_unref(object->shown);
    object->shown = g_steal_pointer(&now);
    emit(self, object->path, PROPERTIES, "PropertiesChanged",
         g_variant_new("(s@a{sv}as)", PEER_INTERFACE->name, changed, NULL));
}

void
wl_objects_peer_gone(WlObjects *self, const WlKey *key)
{
    guint index;
    PeerObject *object = find_peer(self, key, &index);
    const char *interfaces[] = {PEER_INTERFACE->name, NULL};

    if (!object)
        return;
    emit(self, WL_OBJECTS_ROOT, OBJECT_MANAGER, "InterfacesRemoved",
         g_variant_new("(o^as)", object->path, interfaces));
    g_ptr_array_remove_index(self->peers, index);
}

/* ---- life ---------------------------------------------------------------------------------- */

static gboolean
register_fixed(WlObjects *self, GError **error)
{
    g_autoptr(GDBusNodeInfo) manager = g_dbus_node_info_new_for_xml(manager_xml, error);

    if (!manager)
        return FALSE;
    self->manager_registration =
        g_dbus_connection_register_object(self->connection, WL_OBJECTS_ROOT, manager->interfaces[0],
                                          &manager_vtable, self, NULL, error);
    if (!self->manager_registration)
        return FALSE;
    self->link_registration = g_dbus_connection_register_object(
        self->connection, WL_OBJECTS_LINK, (GDBusInterfaceInfo *) LINK_INTERFACE, &link_vtable,
        self, NULL, error);
    return self->link_registration != 0;
}

WlObjects *
wl_objects_new(GDBusConnection *connection, WlSession *session, const char *id, GError **error)
{
    g_autoptr(WlObjects) self = g_new0(WlObjects, 1);
    g_autoptr(GArray) keys = wl_engine_dup_peers(wl_session_get_engine(session));

    self->connection = g_object_ref(connection);
    self->session = session;
    self->id = g_strdup(id);
    self->peers = g_ptr_array_new_with_free_func((GDestroyNotify) peer_object_free);
    if (!register_fixed(self, error))
        return NULL;
    emit(self, WL_OBJECTS_ROOT, OBJECT_MANAGER, "InterfacesAdded",
         g_variant_new("(o@a{sa{sv}})", WL_OBJECTS_LINK,
                       interfaces_variant(LINK_INTERFACE, link_properties(self))));
    for (guint i = 0; i < keys->len; i++)
        wl_objects_peer_changed(self, &g_array_index(keys, WlKey, i));
    return g_steal_pointer(&self);
}

void
wl_objects_free(WlObjects *self)
{
    if (!self)
        return;
    g_ptr_array_unref(self->peers);
    if (self->link_registration)
        g_dbus_connection_unregister_object(self->connection, self->link_registration);
    if (self->manager_registration)
        g_dbus_connection_unregister_object(self->connection, self->manager_registration);
    g_object_unref(self->connection);
    g_free(self->id);
    g_free(self);
}
