/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-ctl-bus.h"

#include "wl-ctl-error.h"

void
wl_ctl_call_free(WlCtlCall *call)
{
    g_free(call->destination);
    g_clear_pointer(&call->parameters, g_variant_unref);
    g_clear_pointer(&call->reply, g_variant_unref);
    g_clear_error(&call->error);
    g_free(call);
}

WlCtlCall *
wl_ctl_call_new(const char *destination, const char *path, const char *interface,
                const char *method, GVariant *parameters, const char *reply_type)
{
    WlCtlCall *call = g_new0(WlCtlCall, 1);

    call->destination = g_strdup(destination);
    call->path = path;
    call->interface = interface;
    call->method = method;
    call->parameters = parameters ? g_variant_ref_sink(parameters) : NULL;
    call->reply_type = reply_type ? G_VARIANT_TYPE(reply_type) : NULL;
    call->flags = G_DBUS_CALL_FLAGS_NO_AUTO_START;
    return call;
}

GDBusConnection *
wl_ctl_bus_get(GError **error)
{
    g_autoptr(GError) failure = NULL;
    GDBusConnection *bus = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, &failure);

    if (bus)
        g_dbus_connection_set_exit_on_close(bus, FALSE);
    else
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                    "cannot reach the system bus: %s; NetworkManager needs it too, so see that "
                    "dbus runs",
                    failure->message);
    return bus;
}

/* ---- many at once -------------------------------------------------------------------------- */

typedef struct {
    WlCtlCall *call;
    guint *pending;
} Waiting;

static void
take_reply(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autofree Waiting *waiting = user_data;
    WlCtlCall *call = waiting->call;

    call->reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &call->error);
    call->answered = g_get_monotonic_time();
    *waiting->pending -= 1;
}

void
wl_ctl_call_all(GDBusConnection *bus, const GPtrArray *calls, GCancellable *cancellable)
{
    guint pending = calls->len;

    for (guint i = 0; i < calls->len; i++) {
        WlCtlCall *call = g_ptr_array_index(calls, i);
        gboolean interactive = call->flags & G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION;
        Waiting *waiting = g_new0(Waiting, 1);

        waiting->call = call;
        waiting->pending = &pending;
        g_dbus_connection_call(bus, call->destination, call->path, call->interface, call->method,
                               call->parameters, call->reply_type, call->flags,
                               interactive ? WL_CTL_INTERACTIVE_TIMEOUT : WL_CTL_TIMEOUT,
                               cancellable, take_reply, waiting);
    }
    while (pending > 0)
        g_main_context_iteration(NULL, TRUE);
}

GVariant *
wl_ctl_call_one(GDBusConnection *bus, WlCtlCall *call, GError **error)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_new();

    g_ptr_array_add(calls, call);
    wl_ctl_call_all(bus, calls, NULL);
    if (call->error) {
        g_propagate_error(error, g_steal_pointer(&call->error));
        return NULL;
    }
    return g_steal_pointer(&call->reply);
}

static gboolean
set_flag(gpointer user_data)
{
    gboolean *flag = user_data;

    *flag = TRUE;
    return G_SOURCE_REMOVE;
}

void
wl_ctl_wait(guint ms)
{
    gboolean over = FALSE;

    g_timeout_add(ms, set_flag, &over);
    while (!over)
        g_main_context_iteration(NULL, TRUE);
}
