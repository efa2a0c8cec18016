/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Authorization: the sender's credentials decide about reading, polkit about changes. Only this
 * file knows which methods change something and who may call which. */

#include "wl-access.h"

#include "wl-credentials.h"
#include "wl-polkit-client.h"
#include "wl-user-quota.h"

#define ACTION "org.freedesktop.NetworkManager.wirelink.control"

struct _WlAccess {
    GDBusConnection *connection;
    GCancellable *cancellable;
    WlCredentials *credentials;
    char **users;     /* NULL: all local users */
    guint generation; /* of users */
    WlUserQuota *quota;
};

typedef struct {
    WlAccess *access;
    GDBusMethodInvocation *invocation;
    WlAccessFunc func;
    gpointer user_data;
    guint32 uid;      /* while polkit checks it */
    guint generation; /* of the users with which that began */
} Request;

/* The methods that change something; all others, property reads included, only read. */
static const char *const changes[] = {"ForgetEndpoint", "Refresh", "UseRouter", NULL};

gboolean
wl_access_is_change(const char *method)
{
    return g_strv_contains(changes, method);
}

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
refuse(Request *request, GDBusError code, const char *sentence)
{
    g_dbus_method_invocation_return_error_literal(request->invocation, G_DBUS_ERROR, (int) code,
                                                  sentence);
    request_free(request);
}

static void
deny(Request *request, const char *sentence)
{
    refuse(request, G_DBUS_ERROR_ACCESS_DENIED, sentence);
}

static void
on_polkit(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Request *request = user_data;
    g_autoptr(GError) error = NULL;
    gboolean allowed = wl_polkit_client_check_finish(result, &error);

    /* Canceled by wl_access_free(): the objects are being removed. */
    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        deny(request, "the profile is being deactivated");
        return;
    }
    wl_user_quota_end_check(request->access->quota, request->uid);
    if (allowed && request->generation != request->access->generation)
        deny(request, "the users of the profile were changed meanwhile; try again");
    else if (allowed)
        allow(request);
    else
        deny(request, error->message);
}

static void
check_polkit(Request *request)
{
    WlAccess *self = request->access;
    GDBusMessage *message = g_dbus_method_invocation_get_message(request->invocation);
    gboolean interactive = (g_dbus_message_get_flags(message) &
                            G_DBUS_MESSAGE_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION) != 0;

    if (!wl_user_quota_begin_check(self->quota, request->uid)) {
        refuse(request, G_DBUS_ERROR_LIMITS_EXCEEDED,
               "too many calls of this user are waiting for polkit; try again later");
        return;
    }
    request->generation = self->generation;
    wl_polkit_client_check_async(self->connection,
                                 g_dbus_method_invocation_get_sender(request->invocation), ACTION,
                                 interactive, self->cancellable, on_polkit, request);
}

static void
on_caller(const WlCaller *caller, gpointer user_data)
{
    Request *request = user_data;
    char **users = request->access->users;

    if (!caller) {
        deny(request, "failed to determine the user of this call");
        return;
    }
    request->uid = caller->uid;
    if (caller->uid == 0)
        allow(request);
    else if (!wl_user_quota_take_call(request->access->quota, caller->uid, g_get_monotonic_time()))
        refuse(request, G_DBUS_ERROR_LIMITS_EXCEEDED,
               "too many calls of this user; they are allowed again in a moment");
    else if (users && !(caller->user && g_strv_contains((const char *const *) users, caller->user)))
        deny(request, "this profile is restricted to other users; only they and root may read it");
    else if (wl_access_is_change(g_dbus_method_invocation_get_method_name(request->invocation)))
        check_polkit(request);
    else
        allow(request);
}

void
wl_access_check(WlAccess *self, GDBusMethodInvocation *invocation, WlAccessFunc func,
                gpointer user_data)
{
    Request *request = g_new0(Request, 1);

    request->access = self;
    request->invocation = invocation;
    request->func = func;
    request->user_data = user_data;
    wl_credentials_look_up(self->credentials, g_dbus_method_invocation_get_sender(invocation),
                           on_caller, request);
}

WlAccess *
wl_access_new(GDBusConnection *connection, const char *const *users)
{
    WlAccess *self = g_new0(WlAccess, 1);

    self->connection = g_object_ref(connection);
    self->cancellable = g_cancellable_new();
    self->users = g_strdupv((char **) users);
    self->credentials = wl_credentials_new(connection, users != NULL);
    self->quota = wl_user_quota_new();
    return self;
}

void
wl_access_set_users(WlAccess *self, const char *const *users)
{
    gboolean was_private = wl_access_is_private(self);

    g_strfreev(self->users);
    self->users = g_strdupv((char **) users);
    self->generation++;
    /* Those of a profile that all may read have no names. Pending lookups fail. */
    if (!was_private && users) {
        wl_credentials_free(self->credentials);
        self->credentials = wl_credentials_new(self->connection, TRUE);
    }
}

void
wl_access_free(WlAccess *self)
{
    if (!self)
        return;
    wl_credentials_free(self->credentials);
    g_cancellable_cancel(self->cancellable);
    g_object_unref(self->cancellable);
    g_strfreev(self->users);
    wl_user_quota_free(self->quota);
    g_object_unref(self->connection);
    g_free(self);
}

gboolean
wl_access_is_private(const WlAccess *self)
{
    return self->users != NULL;
}
