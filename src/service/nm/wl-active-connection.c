/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Searches the active connections of NetworkManager one after the other. */

#include "wl-active-connection.h"

#include <NetworkManager.h>

#define MAX_CONNECTIONS 256

typedef struct {
    char *uuid;
    char **paths;
    guint next;
} Search;

static void
search_free(Search *search)
{
    g_free(search->uuid);
    g_strfreev(search->paths);
    g_free(search);
}

static void
call(GTask *task, const char *path, const char *method, GVariant *parameters, const char *type,
     GAsyncReadyCallback callback)
{
    g_dbus_connection_call(g_task_get_source_object(task), NM_DBUS_SERVICE, path,
                           "org.freedesktop.DBus.Properties", method, parameters,
                           G_VARIANT_TYPE(type), G_DBUS_CALL_FLAGS_NO_AUTO_START, -1,
                           g_task_get_cancellable(task), callback, task);
}

static void query_next(GTask *task);

/* A connection that is being deactivated may have the same UUID. */
static gboolean
is_ours(GVariant *properties, const char *uuid)
{
    const char *its = NULL;
    guint32 state = NM_ACTIVE_CONNECTION_STATE_UNKNOWN;

    g_variant_lookup(properties, "State", "u", &state);
    return g_variant_lookup(properties, "Uuid", "&s", &its) && g_str_equal(its, uuid) &&
           state < NM_ACTIVE_CONNECTION_STATE_DEACTIVATING;
}

static void
on_properties(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    Search *search = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    g_autoptr(GVariant) properties = reply ? g_variant_get_child_value(reply, 0) : NULL;

    if (properties && is_ours(properties, search->uuid))
        g_task_return_pointer(task, g_strdup(search->paths[search->next]), g_free);
    else if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_task_return_error(task, g_steal_pointer(&error));
    else {
        search->next++;
        query_next(g_steal_pointer(&task));
    }
}

static void
query_next(GTask *task)
{
    Search *search = g_task_get_task_data(task);

    if (search->paths[search->next] && search->next < MAX_CONNECTIONS) {
        call(task, search->paths[search->next], "GetAll",
             g_variant_new("(s)", NM_DBUS_INTERFACE_ACTIVE_CONNECTION), "(a{sv})", on_properties);
        return;
    }
    g_task_return_pointer(task, NULL, NULL);
    g_object_unref(task);
}

static void
on_list(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autoptr(GTask) task = user_data;
    Search *search = g_task_get_task_data(task);
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) reply =
        g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &error);
    g_autoptr(GVariant) list = NULL;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        g_task_return_error(task, g_steal_pointer(&error));
        return;
    }
    if (reply)
        g_variant_get(reply, "(v)", &list);
    if (!list || !g_variant_is_of_type(list, G_VARIANT_TYPE_OBJECT_PATH_ARRAY)) {
        g_task_return_pointer(task, NULL, NULL);
        return;
    }
    search->paths = g_variant_dup_objv(list, NULL);
    query_next(g_steal_pointer(&task));
}

void
wl_active_connection_find_async(GDBusConnection *connection, const char *uuid,
                                GCancellable *cancellable, GAsyncReadyCallback callback,
                                gpointer user_data)
{
    GTask *task = g_task_new(connection, cancellable, callback, user_data);
    Search *search = g_new0(Search, 1);

    search->uuid = g_strdup(uuid);
    g_task_set_task_data(task, search, (GDestroyNotify) search_free);
    call(task, NM_DBUS_PATH, "Get", g_variant_new("(ss)", NM_DBUS_INTERFACE, "ActiveConnections"),
         "(v)", on_list);
}

char *
wl_active_connection_find_finish(GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer(G_TASK(result), error);
}
