/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wl-access.h"

#include "wl-credentials.h"
#include "wl-polkit.h"

#define ACTION "org.freedesktop.NetworkManager.wirelink.control"

/* Questions to polkit under way, which may wait for people. */
#define MAX_QUESTIONS 32

struct _WlAccess {
    GDBusConnection *connection;
    GCancellable *cancellable;
    WlCredentials *callers;
    char **users; /* NULL: everybody */
    guint questions;
};

typedef struct {
    WlAccess *access;
    GDBusMethodInvocation *invocation;
    gboolean change;
    WlAccessFunc func;
    gpointer user_data;
} Request;

static void
request_free(Request *request)
{
    g_free(request->user_data);
    g_free(request);
}

static void
allow(Request *request)
{
    request->func(request->invocation, request->user_data);
    request_free(request);
}

static void
deny(Request *request, const char *sentence)
{
    g_dbus_method_invocation_return_error_literal(request->invocation, G_DBUS_ERROR,
                                                  G_DBUS_ERROR_ACCESS_DENIED, sentence);
    request_free(request);
}

static void
on_polkit(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Request *request = user_data;
    g_autoptr(GError) error = NULL;
    gboolean allowed = wl_polkit_check_finish(result, &error);

    /* Cancelled by wl_access_free(): there is nothing left that could be read or changed. */
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        deny(request, "the profile is going down");
        return;
    }
    request->access->questions--;
    if (allowed)
        allow(request);
    else
        deny(request, error->message);
}

static void
ask_polkit(Request *request)
{
    WlAccess *self = request->access;
    GDBusMessage *message = g_dbus_method_invocation_get_message(request->invocation);
    gboolean interactive = (g_dbus_message_get_flags(message) &
                            G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION) != 0;

    if (self->questions >= MAX_QUESTIONS) {
        deny(request, "too many such calls wait for polkit; try again later");
        return;
    }
    self->questions++;
    wl_polkit_check_async(self->connection,
                          g_dbus_method_invocation_get_sender(request->invocation), ACTION,
                          interactive, self->cancellable, on_polkit, request);
}

static void
on_caller(const WlCaller *caller, gpointer user_data)
{
    Request *request = user_data;
    char **users = request->access->users;

    if (!caller)
        deny(request, "it cannot be found out who you are");
    else if (caller->uid == 0)
        allow(request);
    else if (users && !(caller->user && g_strv_contains((const char *const *) users, caller->user)))
        deny(request, "this profile belongs to other users; only they and root may see it");
    else if (request->change)
        ask_polkit(request);
    else
        allow(request);
}

void
wl_access_check(WlAccess *self, GDBusMethodInvocation *invocation, gboolean change,
                WlAccessFunc func, gpointer user_data)
{
    Request *request = g_new0(Request, 1);

    request->access = self;
    request->invocation = invocation;
    request->change = change;
    request->func = func;
    request->user_data = user_data;
    wl_credentials_look_up(self->callers, g_dbus_method_invocation_get_sender(invocation),
                           on_caller, request);
}

WlAccess *
wl_access_new(GDBusConnection *connection, const char *const *users)
{
    WlAccess *self = g_new0(WlAccess, 1);

    self->connection = g_object_ref(connection);
    self->cancellable = g_cancellable_new();
    self->users = g_strdupv((char **) users);
    self->callers = wl_credentials_new(connection, users != NULL);
    return self;
}

void
wl_access_free(WlAccess *self)
{
    if (!self)
        return;
    wl_credentials_free(self->callers);
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    g_strfreev(self->users);
    g_object_unref(self->connection);
    g_free(self);
}

gboolean
wl_access_is_private(const WlAccess *self)
{
    return self->users != NULL;
}
