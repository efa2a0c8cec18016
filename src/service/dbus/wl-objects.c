/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Creates and removes the exported objects. */

#include "wl-objects.h"

#include <malloc.h>

#include "wl-dbus-interfaces.h"
#include "wl-limitation.h"
#include "wl-object.h"
#include "wl-objects-calls.h"
#include "wl-objects-signals.h"
#include "wl-objects-state.h"

#define TRIM_AFTER 3 /* s; the initial signals have been sent by then */

#define LINK_INTERFACE (&org_freedesktop_network_manager_wirelink1_link_interface)
#define PEER_INTERFACE (&org_freedesktop_network_manager_wirelink1_peer_interface)

#define NEVER_SIGNALED (-WL_OBJECT_SIGNAL_INTERVAL)

static const char manager_xml[] =
    "<node><interface name='" WL_OBJECT_MANAGER "'>"
    "<method name='GetManagedObjects'><arg type='a{oa{sa{sv}}}' direction='out'/></method>"
    "<signal name='InterfacesAdded'><arg type='o'/><arg type='a{sa{sv}}'/></signal>"
    "<signal name='InterfacesRemoved'><arg type='o'/><arg type='as'/></signal>"
    "</interface></node>";

/* ---- objects ------------------------------------------------------------------------------- */

static void
object_free(WlObject *object)
{
    wl_object_withdraw(object);
    g_free(object);
}

/* Takes ownership of @path. */
static gboolean
put_on_bus(WlObject *object, char *path, GError **error)
{
    WlObjects *self = object->objects;

    object->path = path;
    object->registration = g_dbus_connection_register_object(
        self->connection, path, (GDBusInterfaceInfo *) object->interface, &wl_objects_vtable, self,
        NULL, error);
    if (!object->registration)
        return FALSE;
    g_hash_table_insert(self->by_path, object->path, object);
    wl_object_mark(object);
    return TRUE;
}

static WlObject *
object_new(WlObjects *self, const GDBusInterfaceInfo *interface)
{
    WlObject *object = g_new0(WlObject, 1);

    object->objects = self;
    object->interface = interface;
    object->signaled = NEVER_SIGNALED;
    return object;
}

static WlObject *
peer_new(WlObjects *self, const WlKey *key)
{
    WlObject *object = object_new(self, PEER_INTERFACE);

    object->is_peer = TRUE;
    object->key = *key;
    g_hash_table_insert(self->peers, &object->key, object);
    return object;
}

static void
add_peer(WlObjects *self, const WlKey *key)
{
    WlObject *object = g_hash_table_lookup(self->peers, key);
    g_autoptr(GError) error = NULL;

    /* A peer that was removed within the last second keeps its object if InterfacesRemoved has not
     * been sent. Otherwise it gets a new object, announced when the interval has passed. */
    if (!object)
        object = peer_new(self, key);
    object->gone = FALSE;
    wl_object_mark(object);
    if (object->registration ||
        put_on_bus(object, g_strdup_printf(WL_OBJECTS_ROOT "/peer/%u", ++self->last_number),
                   &error))
        return;
    g_warning("failed to export a peer on D-Bus: %s", error->message);
    g_hash_table_remove(self->peers, key);
}

static gboolean
is_router(WlObjects *self, const WlKey *key)
{
    WlPeerView view;

    return wl_engine_get_peer(wl_session_get_engine(self->session), key, &view) && view.router;
}

void
wl_objects_peer_changed(WlObjects *self, const WlKey *key)
{
    WlObject *object = g_hash_table_lookup(self->peers, key);

    if (object && !object->gone)
        wl_object_mark(object);
    else
        add_peer(self, key);
    /* Which router is used is a property of the link. */
    if (is_router(self, key))
        wl_object_mark(self->link);
}

void
wl_objects_peer_gone(WlObjects *self, const WlKey *key)
{
    WlObject *object = g_hash_table_lookup(self->peers, key);

    if (!object || object->gone)
        return;
    object->gone = TRUE;
    wl_object_mark(object);
    /* Never announced, so no signal is needed. */
    if (!object->announced) {
        wl_object_withdraw(object);
        object->dirty = FALSE;
    }
}

void
wl_objects_link_changed(WlObjects *self)
{
    wl_object_mark(self->link);
}

void
wl_objects_set_active_connection(WlObjects *self, const char *path)
{
    g_free(self->active_connection);
    self->active_connection = g_strdup(path);
    wl_object_mark(self->link);
    wl_objects_settled(self);
}

void
wl_objects_set_profile_state(WlObjects *self, const char *const *pending, const char *error)
{
    g_strfreev(self->pending);
    self->pending = g_strdupv((char **) pending);
    g_free(self->profile_error);
    self->profile_error = g_strdup(error);
    wl_object_mark(self->link);
    wl_objects_settled(self);
}

/* ---- life ---------------------------------------------------------------------------------- */

static void
on_peer_changed(WlSession *session, const WlKey *key, gpointer user_data)
{
    wl_objects_peer_changed(user_data, key);
}

static void
on_peer_gone(WlSession *session, const WlKey *key, gpointer user_data)
{
    wl_objects_peer_gone(user_data, key);
}

static void
on_uplink_changed(WlSession *session, gpointer user_data)
{
    wl_objects_link_changed(user_data);
}

static void
on_settled(WlSession *session, gpointer user_data)
{
    wl_objects_settled(user_data);
}

static const WlSessionObserver observer = {
    .peer_changed = on_peer_changed,
    .peer_gone = on_peer_gone,
    .uplink_changed = on_uplink_changed,
    .settled = on_settled,
};

static gboolean
on_due(gpointer user_data)
{
    wl_objects_settled(user_data);
    return G_SOURCE_CONTINUE;
}

static gboolean
register_fixed(WlObjects *self, GError **error)
{
    g_autoptr(GDBusNodeInfo) manager = g_dbus_node_info_new_for_xml(manager_xml, error);

    if (!manager)
        return FALSE;
    self->manager_registration =
        g_dbus_connection_register_object(self->connection, WL_OBJECTS_ROOT, manager->interfaces[0],
                                          &wl_objects_vtable, self, NULL, error);
    if (!self->manager_registration)
        return FALSE;
    self->link = object_new(self, LINK_INTERFACE);
    return put_on_bus(self->link, g_strdup(WL_OBJECTS_LINK), error);
}

/* Announcing many peers at once temporarily takes a multiple of their memory, which the C library
 * would keep. */
static gboolean
on_time_to_trim(gpointer user_data)
{
    WlObjects *self = user_data;

    self->trim_id = 0;
    malloc_trim(0);
    return G_SOURCE_REMOVE;
}

static gboolean
publish_limitations(gpointer user_data)
{
    WlObjects *self = user_data;

    self->limitations_id = 0;
    wl_objects_link_changed(self);
    wl_objects_settled(self);
    return G_SOURCE_REMOVE;
}

/* From an idle source: publishing sets a timer, which may itself be refused. */
static void
on_limitations_changed(gpointer user_data)
{
    WlObjects *self = user_data;

    if (!self->limitations_id)
        self->limitations_id = g_idle_add(publish_limitations, self);
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
    self->front_end = settings->front_end;
    self->active_connection =
        g_strdup(settings->active_connection ? settings->active_connection : "/");
    self->pending = g_new0(char *, 1);
    self->profile_error = g_strdup("");
    self->peers =
        g_hash_table_new_full(wl_key_hash, wl_key_equal, NULL, (GDestroyNotify) object_free);
    self->by_path = g_hash_table_new(g_str_hash, g_str_equal);
    self->access = wl_access_new(connection, settings->users);
    self->timer = wl_timer_new(on_due, self);
    if (!register_fixed(self, error))
        return NULL;
    wl_limitations_watch(on_limitations_changed, self);
    wl_session_observe(session, &observer, self);
    /* Create all objects first, so that Via can refer to them. */
    for (guint i = 0; i < keys->len; i++)
        add_peer(self, &g_array_index(keys, WlKey, i));
    wl_objects_settled(self);
    self->trim_id = g_timeout_add_seconds(TRIM_AFTER, on_time_to_trim, self);
    return g_steal_pointer(&self);
}

void
wl_objects_free(WlObjects *self)
{
    if (!self)
        return;
    wl_limitations_watch(NULL, NULL);
    wl_session_observe(self->session, NULL, NULL);
    g_clear_handle_id(&self->limitations_id, g_source_remove);
    g_clear_handle_id(&self->trim_id, g_source_remove);
    wl_access_free(self->access);
    wl_objects_refuse_calls(self);
    wl_objects_drop_replies(self);
    wl_timer_free(self->timer);
    g_hash_table_unref(self->peers);
    g_clear_pointer(&self->link, object_free);
    g_hash_table_unref(self->by_path);
    if (self->manager_registration)
        g_dbus_connection_unregister_object(self->connection, self->manager_registration);
    g_object_unref(self->connection);
    g_free(self->active_connection);
    g_strfreev(self->pending);
    g_free(self->profile_error);
    g_free(self->id);
    g_free(self);
}

void
wl_objects_set_users(WlObjects *self, const char *const *users)
{
    wl_access_set_users(self->access, users);
}

void
wl_objects_settled(WlObjects *self)
{
    wl_objects_signal_changes(self);
}
