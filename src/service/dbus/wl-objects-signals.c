/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Signals of the objects, at most one per WL_OBJECT_SIGNAL_INTERVAL and object. */

#include "wl-objects-signals.h"

#include "wl-object.h"

#define NEVER G_MAXINT64

static void
emit(WlObjects *self, const char *path, const char *interface, const char *signal,
     GVariant *parameters)
{
    g_autoptr(GError) error = NULL;

    if (!g_dbus_connection_emit_signal(self->connection, NULL, path, interface, signal, parameters,
                                       &error))
        g_info("D-Bus signal %s: %s", signal, error->message);
}

/* Signals are broadcast, so those of a private profile carry no values. */
static void
emit_added(WlObject *object)
{
    WlObjects *self = object->objects;
    GVariant *properties = wl_access_is_private(self->access) ? g_variant_new("a{sv}", NULL)
                                                              : wl_object_all_properties(object);

    emit(self, WL_OBJECTS_ROOT, WL_OBJECT_MANAGER, "InterfacesAdded",
         g_variant_new("(o@a{sa{sv}})", object->path, wl_object_interfaces(object, properties)));
}

/* Collects the names and values of @now that differ from @before. FALSE if there are none. */
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
emit_changed(WlObject *object, GVariant *now)
{
    WlObjects *self = object->objects;
    gboolean private = wl_access_is_private(self->access);
    GVariantBuilder values, names;
    gboolean any;

    g_variant_builder_init(&values, G_VARIANT_TYPE_VARDICT);
    g_variant_builder_init(&names, G_VARIANT_TYPE_STRING_ARRAY);
    any = difference(object->published, now, private ? NULL : &values, &names);
    if (any) {
        emit(self, object->path, WL_OBJECT_PROPERTIES, "PropertiesChanged",
             g_variant_new("(sa{sv}as)", object->interface->name, &values, &names));
        object->signaled = wl_clock_now();
    } else {
        g_variant_builder_clear(&values);
        g_variant_builder_clear(&names);
    }
}

static void
emit_removed(WlObject *object)
{
    const char *interfaces[] = {object->interface->name, NULL};

    emit(object->objects, WL_OBJECTS_ROOT, WL_OBJECT_MANAGER, "InterfacesRemoved",
         g_variant_new("(o^as)", object->path, interfaces));
}

/* Signals the changes of @object. */
static void
signal_now(WlObject *object, gint64 now)
{
    g_autoptr(GVariant) settled = NULL;

    object->dirty = FALSE;
    if (object->gone) {
        emit_removed(object);
        wl_object_withdraw(object);
        object->signaled = now;
        return;
    }
    settled = wl_object_signaled_properties(object);
    if (!settled)
        return;
    if (object->announced) {
        emit_changed(object, settled);
    } else {
        emit_added(object);
        object->announced = TRUE;
        object->signaled = now;
    }
    g_clear_pointer(&object->published, g_variant_unref);
    object->published = g_steal_pointer(&settled);
}

/* Signals the changes of @object if its last signal is old enough. Returns when to call this again.
 */
static gint64
signal_if_due(WlObject *object, gint64 now)
{
    gint64 free_at = object->signaled + WL_OBJECT_SIGNAL_INTERVAL;

    if (object->dirty) {
        if (free_at > now)
            return free_at;
        signal_now(object, now);
        free_at = object->signaled + WL_OBJECT_SIGNAL_INTERVAL;
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
    wl_object_mark(self->link);
}

void
wl_objects_signal_changes(WlObjects *self)
{
    gint64 now = wl_clock_now(), next;
    GHashTableIter iter;
    WlObject *object;

    check_listen_port(self);
    if (!self->dirty)
        return;
    next = signal_if_due(self->link, now);
    g_hash_table_iter_init(&iter, self->peers);
    while (g_hash_table_iter_next(&iter, NULL, (gpointer *) &object)) {
        gint64 due = signal_if_due(object, now);

        /* No further signal can follow too early. */
        if (object->gone && !object->dirty && due <= now)
            g_hash_table_iter_remove(&iter);
        else
            next = MIN(next, due);
    }
    self->dirty = next != NEVER;
    wl_timer_set(self->timer, next);
}
