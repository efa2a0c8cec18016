/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * D-Bus calls, several at a time, with a time limit for each. The default main context runs while
 * they are pending. The calls belong to the caller.
 */
#include "wl-bus.h"

#include "wl-exit.h"

void
wl_call_free(WlCall *call)
{
    g_free(call->destination);
    g_clear_pointer(&call->parameters, g_variant_unref);
    g_clear_pointer(&call->reply, g_variant_unref);
    g_clear_error(&call->error);
    g_free(call);
}

WlCall *
wl_call_new(const char *destination, const char *path, const char *interface, const char *method,
            GVariant *parameters, const char *reply_type)
{
    WlCall *call = g_new0(WlCall, 1);

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
wl_bus_get(GError **error)
{
    g_autoptr(GError) failure = NULL;
    GDBusConnection *bus = g_bus_get_sync(G_BUS_TYPE_SYSTEM, NULL, &failure);

    if (bus)
        g_dbus_connection_set_exit_on_close(bus, FALSE);
    else
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE,
                    "cannot connect to the system bus: %s; NetworkManager needs it "
                    "as well, make sure that dbus runs",
                    failure->message);
    return bus;
}

/* ---- many at once -------------------------------------------------------------------------- */

typedef struct {
    WlCall *call;
    guint *pending;
} Pending;

static void
take_reply(GObject *source, GAsyncResult *result, gpointer user_data)
{
    g_autofree Pending *state = user_data;
    WlCall *call = state->call;

    call->reply = g_dbus_connection_call_finish(G_DBUS_CONNECTION(source), result, &call->error);
    call->answered = g_get_monotonic_time();
    *state->pending -= 1;
}

void
wl_call_all(GDBusConnection *bus, const GPtrArray *calls, GCancellable *cancellable)
{
    guint pending = calls->len;

    for (guint i = 0; i < calls->len; i++) {
        WlCall *call = g_ptr_array_index(calls, i);
        gboolean interactive = call->flags & G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION;
        Pending *state = g_new0(Pending, 1);

        state->call = call;
        state->pending = &pending;
        g_dbus_connection_call(bus, call->destination, call->path, call->interface, call->method,
                               call->parameters, call->reply_type, call->flags,
                               interactive ? WL_CALL_INTERACTIVE_TIMEOUT : WL_CALL_TIMEOUT,
                               cancellable, take_reply, state);
    }
    while (pending > 0)
        g_main_context_iteration(NULL, TRUE);
}

GVariant *
wl_call_one(GDBusConnection *bus, WlCall *call, GError **error)
{
    g_autoptr(GPtrArray) calls = g_ptr_array_new();

    g_ptr_array_add(calls, call);
    wl_call_all(bus, calls, NULL);
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
wl_bus_wait(guint ms)
{
    gboolean over = FALSE;

    g_timeout_add(ms, set_flag, &over);
    while (!over)
        g_main_context_iteration(NULL, TRUE);
}
