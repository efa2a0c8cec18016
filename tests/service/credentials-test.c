/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cache of bus credentials: lookups, expiry with the name, limits. On a private bus. */
#include <gio/gio.h>
#include <pwd.h>
#include <unistd.h>

#include "wl-credentials.h"

/* More than the cache holds. */
#define MANY 150

typedef struct {
    guint answers, unknown;
    guint32 uid;
    char *user;
} Answers;

static void
on_caller(const WlCaller *caller, gpointer user_data)
{
    Answers *answers = user_data;

    answers->answers++;
    g_clear_pointer(&answers->user, g_free);
    if (!caller) {
        answers->unknown++;
        return;
    }
    answers->uid = caller->uid;
    answers->user = g_strdup(caller->user);
}

static gboolean
on_late(gpointer user_data)
{
    g_error("no answer within 60 s");
    return G_SOURCE_REMOVE;
}

static void
wait_for(Answers *answers, guint n)
{
    guint late = g_timeout_add_seconds(60, on_late, NULL);

    while (answers->answers < n)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(late);
}

static GDBusConnection *
connect_to_bus(void)
{
    g_autoptr(GError) error = NULL;
    GDBusConnection *connection =
        g_dbus_connection_new_for_address_sync(g_getenv("DBUS_SESSION_BUS_ADDRESS"),
                                               G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT |
                                                   G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
                                               NULL, NULL, &error);

    g_assert_no_error(error);
    return connection;
}

static void
test_known(void)
{
    g_autoptr(GDBusConnection) bus = connect_to_bus(), caller = connect_to_bus();
    g_autoptr(WlCredentials) callers = wl_credentials_new(bus, FALSE);
    const char *name = g_dbus_connection_get_unique_name(caller);
    Answers answers = {.uid = 4711};

    /* Two simultaneous lookups cause one query and both receive the result. */
    wl_credentials_look_up(callers, name, on_caller, &answers);
    wl_credentials_look_up(callers, name, on_caller, &answers);
    g_assert_cmpuint(answers.answers, ==, 0);
    wait_for(&answers, 2);
    g_assert_cmpuint(answers.uid, ==, getuid());
    g_assert_null(answers.user);
    /* Now cached. */
    wl_credentials_look_up(callers, name, on_caller, &answers);
    g_assert_cmpuint(answers.answers, ==, 3);
    g_assert_cmpuint(answers.unknown, ==, 0);
}

static void
test_name(void)
{
    g_autoptr(GDBusConnection) bus = connect_to_bus();
    g_autoptr(WlCredentials) callers = wl_credentials_new(bus, TRUE);
    const struct passwd *self = getpwuid(getuid());
    Answers answers = {0};

    wl_credentials_look_up(callers, g_dbus_connection_get_unique_name(bus), on_caller, &answers);
    wait_for(&answers, 1);
    g_assert_cmpuint(answers.uid, ==, getuid());
    /* The name of root is not looked up. */
    g_assert_cmpstr(answers.user, ==, getuid() == 0 || !self ? NULL : self->pw_name);
    g_free(answers.user);
}

static void
test_gone(void)
{
    g_autoptr(GDBusConnection) bus = connect_to_bus(), caller = connect_to_bus();
    g_autoptr(WlCredentials) callers = wl_credentials_new(bus, FALSE);
    g_autofree char *name = g_strdup(g_dbus_connection_get_unique_name(caller));
    Answers answers = {0};
    guint n = 1;

    wl_credentials_look_up(callers, name, on_caller, &answers);
    wait_for(&answers, 1);
    g_assert_true(g_dbus_connection_close_sync(caller, NULL, NULL));
    /* The cache entry is removed with the name, which the bus then does not know. */
    while (answers.unknown == 0) {
        wl_credentials_look_up(callers, name, on_caller, &answers);
        wait_for(&answers, ++n);
        g_main_context_iteration(NULL, FALSE);
    }
    g_assert_cmpuint(answers.unknown, ==, 1);
}

static void
test_unknown(void)
{
    g_autoptr(GDBusConnection) bus = connect_to_bus();
    g_autoptr(WlCredentials) callers = wl_credentials_new(bus, FALSE);
    Answers answers = {0};

    wl_credentials_look_up(callers, ":1.987654", on_caller, &answers);
    wait_for(&answers, 1);
    g_assert_cmpuint(answers.unknown, ==, 1);
}

static void
test_many(void)
{
    g_autoptr(GDBusConnection) bus = connect_to_bus();
    g_autoptr(WlCredentials) callers = wl_credentials_new(bus, FALSE);
    g_autoptr(GPtrArray) connections = g_ptr_array_new_with_free_func(g_object_unref);
    Answers answers = {0};
    guint n = 0;

    /* Sequential lookups evict the oldest entries. */
    for (guint round = 0; round < 2; round++) {
        for (guint i = 0; i < MANY; i++) {
            if (round == 0)
                g_ptr_array_add(connections, connect_to_bus());
            wl_credentials_look_up(callers,
                                   g_dbus_connection_get_unique_name(connections->pdata[i]),
                                   on_caller, &answers);
            wait_for(&answers, ++n);
        }
    }
    g_assert_cmpuint(answers.unknown, ==, 0);
}

static void
test_too_many_at_once(void)
{
    g_autoptr(GDBusConnection) bus = connect_to_bus();
    g_autoptr(WlCredentials) callers = wl_credentials_new(bus, FALSE);
    Answers answers = {0};

    for (guint i = 0; i < MANY; i++) {
        g_autofree char *name = g_strdup_printf(":1.%u", 900000 + i);

        wl_credentials_look_up(callers, name, on_caller, &answers);
    }
    /* Excess lookups fail immediately, which limits the memory. */
    g_assert_cmpuint(answers.answers, >, 0);
    g_assert_cmpuint(answers.answers, <, MANY);
    wait_for(&answers, MANY);
}

static void
test_freed(void)
{
    g_autoptr(GDBusConnection) bus = connect_to_bus();
    WlCredentials *callers = wl_credentials_new(bus, TRUE);
    Answers answers = {0};

    wl_credentials_look_up(callers, g_dbus_connection_get_unique_name(bus), on_caller, &answers);
    wl_credentials_free(callers);
    g_assert_cmpuint(answers.answers, ==, 1);
    g_assert_cmpuint(answers.unknown, ==, 1);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_cmpuint(answers.answers, ==, 1);
}

int
main(int argc, char **argv)
{
    g_autoptr(GTestDBus) bus = NULL;
    int status;

    g_test_init(&argc, &argv, NULL);
    bus = g_test_dbus_new(G_TEST_DBUS_NONE);
    g_test_dbus_up(bus);
    g_test_add_func("/credentials/uid-is-cached", test_known);
    g_test_add_func("/credentials/user-name-is-looked-up", test_name);
    g_test_add_func("/credentials/entry-is-removed-with-the-name", test_gone);
    g_test_add_func("/credentials/unknown-name-fails", test_unknown);
    g_test_add_func("/credentials/oldest-entries-are-evicted", test_many);
    g_test_add_func("/credentials/pending-lookups-are-limited", test_too_many_at_once);
    g_test_add_func("/credentials/pending-lookups-fail-on-free", test_freed);
    status = g_test_run();
    g_test_dbus_down(bus);
    return status;
}
