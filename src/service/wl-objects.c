/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-objects.h"

#include "wl-access.h"
#include "wl-clock.h"
#include "wl-dbus-interfaces.h"
#include "wl-link-properties.h"
#include "wl-peer-properties.h"

#define OBJECT_MANAGER "org.freedesktop.DBus.ObjectManager"
#define PROPERTIES     "org.freedesktop.DBus.Properties"

#define LINK_INTERFACE (&org_freedesktop_network_manager_wirelink1_link_interface)
#define PEER_INTERFACE (&org_freedesktop_network_manager_wirelink1_peer_interface)

/* µs between two signals about one object. */
#define SIGNAL_INTERVAL (1 * G_USEC_PER_SEC)
#define NEVER           G_MAXINT64
#define NOT_YET         (-SIGNAL_INTERVAL)
/* ms for which a long answer is good: a reader in a loop is not to keep us from the network. */
#define ANSWER_AGE 1000

static const char manager_xml[] =
    "<node><interface name='" OBJECT_MANAGER "'>"
    "<method name='GetManagedObjects'><arg type='a{oa{sa{sv}}}' direction='out'/></method>"
    "<signal name='InterfacesAdded'><arg type='o'/><arg type='a{sa{sv}}'/></signal>"
    "<signal name='InterfacesRemoved'><arg type='o'/><arg type='as'/></signal>"
    "</interface></node>";

/* The Link object or that of a peer. */
typedef struct {
    WlObjects *objects;
    const GDBusInterfaceInfo *interface;
    gboolean is_peer;
    WlKey key; /* of the peer */
    char *path;
    guint registration;
    gboolean announced;
    gboolean gone; /* no member any more; kept for as long as it limits how often it is told */
    gboolean dirty;
    gint64 signalled; /* last time */
    GVariant *shown;  /* a{sv} as last signalled */
} Object;

struct _WlObjects {
    GDBusConnection *connection;
    WlSession *session;
    WlAccess *access;
    WlTimer *timer;
    char *id;
    char *active_connection;
    guint manager_registration;
    guint last_number;
    guint16 listen_port; /* as last shown */
    Object *link;
    GHashTable *peers;                       /* WlKey* (of the object) -> Object, owned */
    GHashTable *by_path;                     /* char* (of the object) -> Object, the link too */
    gboolean dirty;                          /* some object is */
    GVariant *objects_answer, *facts_answer; /* NULL: to be made */
    guint answers_id;
};

/* Off the bus; what was said of it is forgotten. */
static void
withdraw(Object *object)
{
    if (object->registration) {
        g_hash_table_remove(object->objects->by_path, object->path);
        g_dbus_connection_unregister_object(object->objects->connection, object->registration);
        object->registration = 0;
    }
    g_clear_pointer(&object->shown, g_variant_unref);
    g_clear_pointer(&object->path, g_free);
    object->announced = FALSE;
}

static void
object_free(Object *object)
{
    withdraw(object);
    g_free(object);
}

static void
mark(Object *object)
{
    object->dirty = object->objects->dirty = TRUE;
    g_clear_pointer(&object->objects->objects_answer, g_variant_unref);
}

/* ---- what the objects say ------------------------------------------------------------------ */

static const char *
via_path(WlObjects *self, const WlPeerView *view)
{
    const Object *router = view->has_via ? g_hash_table_lookup(self->peers, &view->via) : NULL;

    return router && !router->gone ? router->path : "/";
}

/* NULL if the peer is gone. */
static GVariant *
settled_properties(const Object *object)
{
    WlObjects *self = object->objects;
    WlPeerView view;

    if (!object->is_peer)
        return g_variant_ref_sink(
            wl_link_properties_new(self->session, self->id, self->active_connection));
    if (!wl_engine_get_peer(wl_session_get_engine(self->session), &object->key, &view))
        return NULL;
    return g_variant_ref_sink(wl_peer_properties_new(&view, via_path(self, &view)));
}

static const char *const *
on_demand(const Object *object)
{
    return object->is_peer ? wl_peer_properties_on_demand : wl_link_properties_on_demand;
}

/* Floating, or NULL. */
static GVariant *
property_on_demand(const Object *object, const char *name)
{
    WlSession *session = object->objects->session;
    WlPeerView view;

    if (!object->is_peer)
        return wl_link_properties_get(session, name);
    if (!wl_engine_get_peer(wl_session_get_engine(session), &object->key, &view))
        return NULL;
    return wl_peer_properties_get(session, &view, name);
}

/* Floating. */
static GVariant *
all_properties(const Object *object)
{
    g_autoptr(GVariant) settled = settled_properties(object);
    GVariantDict dict;

    g_variant_dict_init(&dict, settled);
    for (const char *const *name = on_demand(object); settled && *name; name++)
        g_variant_dict_insert_value(&dict, *name, property_on_demand(object, *name));
    return g_variant_dict_end(&dict);
}

static GVariant *
interfaces_variant(const Object *object, GVariant *properties)
{
    GVariantBuilder interfaces;

    g_variant_builder_init(&interfaces, G_VARIANT_TYPE("a{sa{sv}}"));
    g_variant_builder_add(&interfaces, "{s@a{sv}}", object->interface->name, properties);
    return g_variant_builder_end(&interfaces);
}

static GVariant *
all_objects(WlObjects *self)
{
    GVariantBuilder objects;
    GHashTableIter iter;
    Object *object;

    g_variant_builder_init(&objects, G_VARIANT_TYPE("a{oa{sa{sv}}}"));
    g_hash_table_iter_init(&iter, self->by_path);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *) &object))
        if (!object->gone)
            g_variant_builder_add(&objects, "{o@a{sa{sv}}}", object->path,
                                  interfaces_variant(object, all_properties(object)));
    return g_variant_builder_end(&objects);
}

/* ---- long answers -------------------------------------------------------------------------- */

static gboolean
drop_answers(gpointer user_data)
{
    WlObjects *self = user_data;

    g_clear_handle_id(&self->answers_id, g_source_remove);
    g_clear_pointer(&self->objects_answer, g_variant_unref);
    g_clear_pointer(&self->facts_answer, g_variant_unref);
    return G_SOURCE_REMOVE;
}

/* Takes @fresh, floating. */
static GVariant *
keep_answer(WlObjects *self, GVariant **answer, GVariant *fresh)
{
    *answer = g_variant_ref_sink(fresh);
    if (!self->answers_id)
        self->answers_id = g_timeout_add(ANSWER_AGE, drop_answers, self);
    return fresh;
}

static GVariant *
objects_answer(WlObjects *self)
{
    return self->objects_answer ? self->objects_answer
                                : keep_answer(self, &self->objects_answer,
                                              g_variant_new("(@a{oa{sa{sv}}})", all_objects(self)));
}

static GVariant *
facts_answer(WlObjects *self)
{
    return self->facts_answer
               ? self->facts_answer
               : keep_answer(self, &self->facts_answer,
                             g_variant_new("(@aa{sv})", wl_link_properties_facts(self->session)));
}

/* ---- calls --------------------------------------------------------------------------------- */

/* A call that waits for its sender to be known: the object may go meanwhile, its path is not used
 * again. */
typedef struct {
    WlObjects *objects;
    char path[sizeof(WL_OBJECTS_ROOT) + 32];
} Call;

static void
get_property(GDBusMethodInvocation *invocation, const Object *object, GVariant *parameters)
{
    g_autoptr(GVariant) settled = settled_properties(object);
    g_autoptr(GVariant) value = NULL;
    const char *name;

    g_variant_get_child(parameters, 1, "&s", &name);
    if (settled)
        value = g_variant_lookup_value(settled, name, NULL);
    if (!value) {
        value = property_on_demand(object, name);
        if (value)
            g_variant_ref_sink(value);
    }
    if (value)
        g_dbus_method_invocation_return_value(invocation, g_variant_new("(v)", value));
    else
        g_dbus_method_invocation_return_error(invocation, G_DBUS_ERROR,
                                              G_DBUS_ERROR_UNKNOWN_PROPERTY,
                                              "there is no property %s", name);
}

static void
forget_endpoint(WlObjects *self, GDBusMethodInvocation *invocation, GVariant *parameters)
{
    g_autoptr(GError) error = NULL;
    const char *peer, *address;
    WlEndpoint endpoint;
    WlKey key;

    g_variant_get(parameters, "(&s&s)", &peer, &address);
    if (!wl_key_parse(peer, &key))
        g_dbus_method_invocation_return_error_literal(
            invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
            "the peer must be given by its public key, 44 characters of base64");
    else if (!wl_endpoint_parse(address, &endpoint))
        g_dbus_method_invocation_return_error_literal(
            invocation, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS,
            "the address must be an IP address with port, as in Candidates");
    else if (!wl_session_forget_endpoint(self->session, &key, &endpoint, &error))
        g_dbus_method_invocation_return_error_literal(invocation, G_DBUS_ERROR,
                                                      G_DBUS_ERROR_INVALID_ARGS, error->message);
    else
        g_dbus_method_invocation_return_value(invocation, NULL);
    drop_answers(self);
}

/* Reading the device brings news of peers: before an object is looked up, never while one is held.
 */
static void
read_counters(WlObjects *self, const char *interface, const char *method, GVariant *parameters)
{
    const char *name = "";

    if (g_str_equal(interface, PROPERTIES) && g_str_equal(method, "Get"))
        g_variant_get_child(parameters, 1, "&s", &name);
    if (g_str_equal(method, "GetAll") || g_str_equal(method, "GetManagedObjects") ||
        wl_peer_properties_is_counter(name))
        wl_session_refresh_counters(self->session);
}

/* The sender may do it. */
static void
carry_out(GDBusMethodInvocation *invocation, gpointer user_data)
{
    Call *call = user_data;
    WlObjects *self = call->objects;
    const char *interface = g_dbus_method_invocation_get_interface_name(invocation);
    const char *method = g_dbus_method_invocation_get_method_name(invocation);
    GVariant *parameters = g_dbus_method_invocation_get_parameters(invocation);
    const Object *object;

    read_counters(self, interface, method, parameters);
    object = g_hash_table_lookup(self->by_path, call->path);
    if (g_str_equal(method, "GetManagedObjects")) {
        g_dbus_method_invocation_return_value(invocation, objects_answer(self));
    } else if (!object || object->gone) {
        g_dbus_method_invocation_return_error_literal(invocation, G_DBUS_ERROR,
                                                      G_DBUS_ERROR_UNKNOWN_OBJECT,
                                                      "this peer is no member any more");
    } else if (g_str_equal(interface, PROPERTIES) && g_str_equal(method, "Get")) {
        get_property(invocation, object, parameters);
    } else if (g_str_equal(interface, PROPERTIES) && g_str_equal(method, "GetAll")) {
        g_dbus_method_invocation_return_value(invocation,
                                              g_variant_new("(@a{sv})", all_properties(object)));
    } else if (g_str_equal(method, "GetFacts")) {
        g_dbus_method_invocation_return_value(invocation, facts_answer(self));
    } else if (g_str_equal(method, "Refresh")) {
        wl_session_refresh(self->session);
        drop_answers(self);
        g_dbus_method_invocation_return_value(invocation, NULL);
    } else if (g_str_equal(method, "ForgetEndpoint")) {
        forget_endpoint(self, invocation, parameters);
    } else {
        g_dbus_method_invocation_return_error_literal(invocation, G_DBUS_ERROR,
                                                      G_DBUS_ERROR_PROPERTY_READ_ONLY,
                                                      "all properties can only be read");
    }
}

/* Objects are registered without a property getter: GDBus then hands reads over as method calls, so
 * that they can be authorised one by one. */
static void
on_call(GDBusConnection *connection, const char *sender, const char *path, const char *interface,
        const char *method, GVariant *parameters, GDBusMethodInvocation *invocation,
        gpointer user_data)
{
    WlObjects *self = user_data;
    Call *call = g_new0(Call, 1);
    gboolean change = g_str_equal(method, "Refresh") || g_str_equal(method, "ForgetEndpoint");

    call->objects = self;
    g_strlcpy(call->path, path, sizeof(call->path));
    wl_access_check(self->access, invocation, change, carry_out, call);
}

static const GDBusInterfaceVTable vtable = {.method_call = on_call};

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

/* Everybody hears signals: those of a private profile say that something changed, not what to. */
static void
emit_added(Object *object)
{
    WlObjects *self = object->objects;
    GVariant *properties =
        wl_access_is_private(self->access) ? g_variant_new("a{sv}", NULL) : all_properties(object);

    emit(self, WL_OBJECTS_ROOT, OBJECT_MANAGER, "InterfacesAdded",
         g_variant_new("(o@a{sa{sv}})", object->path, interfaces_variant(object, properties)));
}

/* Names and values of @now that @before has not. FALSE if there are none. */
static gboolean
difference(GVariant *before, GVariant *now, GVariantBuilder *values, GVariantBuilder *names)
{
    GVariantIter iter;
    const char *name;
    GVariant *value;
    gboolean any = FALSE;

    g_variant_iter_init(&iter, now);
    while (g_variant_iter_loop(&iter, "{&sv}", &name, &value)) {
        g_autoptr(GVariant) old = g_variant_lookup_value(before, name, NULL);

        if (old && g_variant_equal(old, value))
            continue;
        if (values)
            g_variant_builder_add(values, "{sv}", name, value);
        else
            g_variant_builder_add(names, "s", name);
        any = TRUE;
    }
    return any;
}

static void
emit_changed(Object *object, GVariant *now)
{
    WlObjects *self = object->objects;
    gboolean private = wl_access_is_private(self->access);
    GVariantBuilder values, names;
    gboolean any;

    g_variant_builder_init(&values, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_init(&names, G_VARIANT_TYPE_STRING_ARRAY);
    any = difference(object->shown, now, private ? NULL : &values, &names);
    if (any) {
        emit(self, object->path, PROPERTIES, "PropertiesChanged",
             g_variant_new("(sa{sv}as)", object->interface->name, &values, &names));
        object->signalled = wl_clock_now();
    } else {
        g_variant_builder_clear(&values);
        g_variant_builder_clear(&names);
    }
}

static void
emit_removed(Object *object)
{
    const char *interfaces[] = {object->interface->name, NULL};

    emit(object->objects, WL_OBJECTS_ROOT, OBJECT_MANAGER, "InterfacesRemoved",
         g_variant_new("(o^as)", object->path, interfaces));
}

/* What @object has to tell, now that it may. */
static void
tell_now(Object *object, gint64 now)
{
    g_autoptr(GVariant) settled = NULL;

    object->dirty = FALSE;
    if (object->gone) {
        emit_removed(object);
        withdraw(object);
        object->signalled = now;
        return;
    }
    settled = settled_properties(object);
    if (!settled)
        return;
    if (object->announced) {
        emit_changed(object, settled);
    } else {
        emit_added(object);
        object->announced = TRUE;
        object->signalled = now;
    }
    g_clear_pointer(&object->shown, g_variant_unref);
    object->shown = g_steal_pointer(&settled);
}

/* Signals the changes of @object; returns when there is more to do about it. */
static gint64
tell(Object *object, gint64 now)
{
    gint64 free_at = object->signalled + SIGNAL_INTERVAL;

    if (object->dirty) {
        if (free_at > now)
            return free_at;
        tell_now(object, now);
        free_at = object->signalled + SIGNAL_INTERVAL;
    }
    return object->gone ? free_at : NEVER;
}

static void
check_listen_port(WlObjects *self)
{
    guint16 port = wl_engine_get_listen_port(wl_session_get_engine(self->session));

    if (port == self->listen_port)
        return;
    self->listen_port = port;
    mark(self->link);
}

void
wl_objects_settled(WlObjects *self)
{
    gint64 now = wl_clock_now(), next;
    GHashTableIter iter;
    Object *object;

    check_listen_port(self);
    if (!self->dirty)
        return;
    next = tell(self->link, now);
    g_hash_table_iter_init(&iter, self->peers);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *) &object)) {
        gint64 due = tell(object, now);

        /* It does not limit anything any more. */
        if (object->gone && !object->dirty && due <= now)
            g_hash_table_iter_remove(&iter);
        else
            next = MIN(next, due);
    }
    self->dirty = next != NEVER;
    wl_timer_set(self->timer, next);
}

static gboolean
on_due(gpointer user_data)
{
    wl_objects_settled(user_data);
    return G_SOURCE_CONTINUE;
}

/* ---- objects ------------------------------------------------------------------------------- */

/* Takes @path. */
static gboolean
put_on_bus(Object *object, char *path, GError **error)
{
    WlObjects *self = object->objects;

    object->path = path;
    object->registration = g_dbus_connection_register_object(
        self->connection, path, (GDBusInterfaceInfo *) object->interface, &vtable, self, NULL,
        error);
    if (!object->registration)
        return FALSE;
    g_hash_table_insert(self->by_path, object->path, object);
    mark(object);
    return TRUE;
}

static Object *
object_new(WlObjects *self, const GDBusInterfaceInfo *interface)
{
    Object *object = g_new0(Object, 1);

    object->objects = self;
    object->interface = interface;
    object->signalled = NOT_YET;
    return object;
}

static Object *
peer_new(WlObjects *self, const WlKey *key)
{
    Object *object = object_new(self, PEER_INTERFACE);

    object->is_peer = TRUE;
    object->key = *key;
    g_hash_table_insert(self->peers, &object->key, object);
    return object;
}

static void
add_peer(WlObjects *self, const WlKey *key)
{
    Object *object = g_hash_table_lookup(self->peers, key);
    g_autoptr(GError) error = NULL;

    /* One that was gone a moment ago: its old object if others still believe in that, else a new
     * one that is told of when the last word about it is a second old. */
    if (!object)
        object = peer_new(self, key);
    object->gone = FALSE;
    mark(object);
    if (object->registration ||
        put_on_bus(object, g_strdup_printf(WL_OBJECTS_ROOT "/peer/%u", ++self->last_number),
                   &error))
        return;
    g_warning("a peer cannot be shown on D-Bus: %s", error->message);
    g_hash_table_remove(self->peers, key);
}

void
wl_objects_peer_changed(WlObjects *self, const WlKey *key)
{
    Object *object = g_hash_table_lookup(self->peers, key);

    if (object && !object->gone)
        mark(object);
    else
        add_peer(self, key);
}

void
wl_objects_peer_gone(WlObjects *self, const WlKey *key)
{
    Object *object = g_hash_table_lookup(self->peers, key);

    if (!object || object->gone)
        return;
    object->gone = TRUE;
    mark(object);
    /* Nobody has heard of it, so there is nothing to take back. */
    if (!object->announced) {
        withdraw(object);
        object->dirty = FALSE;
    }
}

void
wl_objects_link_changed(WlObjects *self)
{
    mark(self->link);
}

void
wl_objects_set_active_connection(WlObjects *self, const char *path)
{
    g_free(self->active_connection);
    self->active_connection = g_strdup(path);
    mark(self->link);
    wl_objects_settled(self);
}

/* ---- life ---------------------------------------------------------------------------------- */

static gboolean
register_fixed(WlObjects *self, GError **error)
{
    g_autoptr(GDBusNodeInfo) manager = g_dbus_node_info_new_for_xml(manager_xml, error);

    if (!manager)
        return FALSE;
    self->manager_registration = g_dbus_connection_register_object(
        self->connection, WL_OBJECTS_ROOT, manager->interfaces[0], &vtable, self, NULL, error);
    if (!self->manager_registration)
        return FALSE;
    self->link = object_new(self, LINK_INTERFACE);
    return put_on_bus(self->link, g_strdup(WL_OBJECTS_LINK), error);
}

WlObjects *
wl_objects_new(GDBusConnection *connection, WlSession *session, const WlObjectsSettings *settings,
               GError **error)
{
    g_autoptr(WlObjects) self = g_new0(WlObjects, 1);
    g_autoptr(GArray) keys = wl_engine_dup_peers(wl_session_get_engine(session));

    self->connection = g_object_ref(connection);
    self->session = session;
    self->id = g_strdup(settings->id);
    self->active_connection =
        g_strdup(settings->active_connection ? settings->active_connection : "/");
    self->peers =
        g_hash_table_new_full(wl_key_hash, wl_key_equal, NULL, (GDestroyNotify) object_free);
    self->by_path = g_hash_table_new(g_str_hash, g_str_equal);
    self->access = wl_access_new(connection, settings->users);
    self->timer = wl_timer_new(on_due, self, error);
    if (!self->timer || !register_fixed(self, error))
        return NULL;
    /* All first, so that each can name the router that carries it. */
    for (guint i = 0; i < keys->len; i++)
        add_peer(self, &g_array_index(keys, WlKey, i));
    wl_objects_settled(self);
    return g_steal_pointer(&self);
}

void
wl_objects_free(WlObjects *self)
{
    if (!self)
        return;
    wl_access_free(self->access);
    drop_answers(self);
    wl_timer_free(self->timer);
    g_hash_table_unref(self->peers);
    g_clear_pointer(&self->link, object_free);
    g_hash_table_unref(self->by_path);
    if (self->manager_registration)
        g_dbus_connection_unregister_object(self->connection, self->manager_registration);
    g_object_unref(self->connection);
    g_free(self->active_connection);
    g_free(self->id);
    g_free(self);
}
