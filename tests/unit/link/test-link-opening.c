/* SPDX-License-Identifier: GPL-2.0-or-later */

/* The choice of the backend, and programs that are no userspace WireGuard. */
#include "test-link.h"

#include <gio/gunixsocketaddress.h>
#include <signal.h>
#include <string.h>

/* The kernel's WireGuard if it has one. Leftovers of the same profile are removed first, also those
 * with another interface name. */
static void
test_choice(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(WlLink) first = open_any("wlt0", UUID, &error);
    g_autoptr(WlLink) same = NULL;
    g_autoptr(WlLink) other = NULL;

    g_assert_no_error(error);
    g_assert_cmpstr(wl_link_get_backend(first), ==,
                    kernel_has_wireguard() ? "kernel" : "userspace");
    same = open_any("wlt0", UUID, &error);
    g_assert_no_error(error);
    g_assert_cmpint(wl_link_get_ifindex(same), !=, wl_link_get_ifindex(first));
    other = open_any("wlt1", UUID, &error);
    g_assert_no_error(error);
    g_assert_false(test_has_link("wlt0"));
    wl_link_destroy(first);
    wl_link_destroy(same);
    g_assert_true(test_has_link("wlt1"));
    wl_link_destroy(other);
    assert_nothing_left("wlt1");
}

/* The sentence names what is missing: the program, and not the kernel's WireGuard where only the
 * environment excludes it. */
static void
test_no_program(void)
{
    g_autofree char *path = g_strdup(g_getenv("PATH"));

    g_setenv("PATH", "/nowhere", TRUE);
    for (guint requested = 0; requested <= 1; requested++) {
        g_autoptr(GError) error = NULL;

        if (!requested && kernel_has_wireguard())
            continue;
        if (requested)
            g_setenv("WIRELINK_WIREGUARD", "userspace", TRUE);
        g_assert_null(open_any("wlt0", UUID, &error));
        g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD);
        g_assert_nonnull(strstr(error->message, "\"wireguard-go\" was not found"));
        g_assert_true(g_str_has_prefix(error->message, requested
                                                           ? "WIRELINK_WIREGUARD=userspace requests"
                                                           : "this kernel has no WireGuard"));
    }
    g_unsetenv("WIRELINK_WIREGUARD");
    g_setenv("PATH", path, TRUE);
}

static void
test_bad_config(void)
{
    static const char *const names[] = {"", "sixteen-letters-", "a b", "a/b", "-f", "..", "a:1"};
    WlKey key = test_key(1);
    WlLinkConfig config = make_config("wlt0", UUID, &key, 0);
    g_autoptr(GError) error = NULL;

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_assert_null(open_any(names[i], UUID, &error));
        g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED);
        g_assert_nonnull(strstr(error->message, names[i]));
        g_clear_error(&error);
    }
    config.mtu = 1279;
    g_assert_false(wl_link_config_check(&config, &error));
    g_assert_nonnull(strstr(error->message, "1279"));
    g_clear_error(&error);
    config.mtu = 1280;
    config.uuid = "";
    g_assert_false(wl_link_config_check(&config, &error));
    g_assert_error(error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED);
}

static void
test_program_killed(void)
{
    WlKey private_key = test_key(1);
    g_autoptr(WlLink) link = open_link(USERSPACE, "wlt0", UUID, &private_key, 0);
    Failure failure = {0};

    g_signal_connect(link, "failed", G_CALLBACK(failed), &failure);
    g_assert_cmpint(kill(program_of("wlt0"), SIGKILL), ==, 0);
    test_wait(has_failed, &failure);
    test_settle();
    g_assert_cmpuint(failure.count, ==, 1);
    assert_nothing_left("wlt0");
    g_free(failure.reason);
}

static void
open_with_program(const char *program, GCancellable *cancellable, Opening *opening)
{
    static WlKey key;
    WlLinkConfig config = make_config("wlt0", UUID, &key, 0);

    key = test_key(1);
    memset(opening, 0, sizeof *opening);
    config.wireguard_go = program;
    wl_link_userspace_new_async(&config, cancellable, opened_userspace, opening);
}

/* Stops wireguard-go as soon as it accepts connections. FALSE: it was faster, and the link is open.
 */
static gboolean
open_stopped(Opening *opening)
{
    pid_t pid = 0;

    open_with_program("wireguard-go", NULL, opening);
    while (!opening->done && pid == 0) {
        int fd = wl_uapi_connect("wlt0", &pid);

        if (fd >= 0) {
            g_assert_cmpint(kill(pid, SIGSTOP), ==, 0);
            close(fd);
        }
        g_main_context_iteration(NULL, FALSE);
    }
    test_wait(is_done, opening);
    if (!opening->link)
        return TRUE;
    g_clear_object(&opening->link);
    return FALSE;
}

/* A program that accepts a connection and never answers ends the opening, which waits for it
 * without blocking. */
static void
test_hanging_program(void)
{
    g_autoptr(GError) error = NULL;
    Opening opening;

    for (guint i = 0; i < 20 && !open_stopped(&opening); i++)
        ;
    g_assert_error(opening.error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED);
    g_assert_nonnull(strstr(opening.error->message, "interface \"wlt0\" within 5 s"));
    g_clear_error(&opening.error);
    assert_nothing_left("wlt0");
}

static gboolean
script_runs(gpointer user_data)
{
    return g_file_test("/run/script.pid", G_FILE_TEST_EXISTS);
}

static void
test_bad_program(void)
{
    g_autoptr(GCancellable) cancellable = g_cancellable_new();
    g_autofree char *text = NULL;
    Opening opening;
    pid_t pid;

    open_with_program("/nowhere/wireguard-go", NULL, &opening);
    test_wait(is_done, &opening);
    g_assert_error(opening.error, WL_LINK_ERROR, WL_LINK_ERROR_NO_WIREGUARD);
    g_assert_nonnull(strstr(opening.error->message, "/nowhere/wireguard-go"));
    g_clear_error(&opening.error);

    /* Exits at once with a message. Gets neither our environment nor a key. */
    g_assert_true(g_file_set_contents_full(
        "/run/fails",
        "#!/bin/sh\n[ -z \"$WL_TEST_SECRET\" ] || exit 9\necho \"$* is bad\"\nexit 3\n", -1,
        G_FILE_SET_CONTENTS_NONE, 0755, NULL));
    open_with_program("/run/fails", NULL, &opening);
    test_wait(is_done, &opening);
    g_assert_error(opening.error, WL_LINK_ERROR, WL_LINK_ERROR_FAILED);
    g_assert_cmpstr(opening.error->message, ==,
                    "\"/run/fails\" for interface \"wlt0\" exited with status 3: -f wlt0 is bad");
    g_clear_error(&opening.error);

    /* Never listens, and ignores SIGTERM: canceling the opening kills it. */
    g_assert_true(g_file_set_contents_full(
        "/run/hangs",
        "#!/bin/sh\ntrap '' TERM\necho $$ > /run/script.tmp\nmv /run/script.tmp /run/script.pid\n"
        "exec sleep 60\n",
        -1, G_FILE_SET_CONTENTS_NONE, 0755, NULL));
    open_with_program("/run/hangs", cancellable, &opening);
    test_wait(script_runs, NULL);
    g_assert_true(g_file_get_contents("/run/script.pid", &text, NULL, NULL));
    pid = (pid_t) g_ascii_strtoll(text, NULL, 10);
    g_assert_true(is_running(pid));
    g_cancellable_cancel(cancellable);
    /* At once, because an exiting service does not run its main loop again. */
    g_assert_false(is_running(pid));
    test_wait(is_done, &opening);
    g_assert_error(opening.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error(&opening.error);
    assert_nothing_left("wlt0");

    /* Canceled before the opening starts. */
    open_with_program("/run/hangs", cancellable, &opening);
    test_wait(is_done, &opening);
    g_assert_error(opening.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    g_clear_error(&opening.error);
    assert_nothing_left("wlt0");
}

/* A control socket in use is an error and stays; a stale one is replaced. */
static void
test_foreign_socket(void)
{
    g_autofree char *path = wl_uapi_socket_path("wlt0");
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
    g_autoptr(GSocket) socket =
        g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_DEFAULT, NULL);
    WlKey key = test_key(1);
    WlLink *link;
    Opening opening;

    g_mkdir_with_parents(WL_UAPI_DIRECTORY, 0755);
    g_assert_true(g_socket_bind(socket, address, TRUE, NULL));
    g_assert_true(g_socket_listen(socket, NULL));
    open_with_program("wireguard-go", NULL, &opening);
    test_wait(is_done, &opening);
    g_assert_error(opening.error, WL_LINK_ERROR, WL_LINK_ERROR_EXISTS);
    g_clear_error(&opening.error);
    g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_true(g_socket_close(socket, NULL));
    link = open_link(USERSPACE, "wlt0", UUID, &key, 0);
    g_object_unref(link);
    assert_nothing_left("wlt0");
}

void
add_opening_tests(void)
{
    g_test_add_func("/link/userspace/program-killed", test_program_killed);
    g_test_add_func("/link/userspace/bad-program", test_bad_program);
    g_test_add_func("/link/userspace/hanging-program", test_hanging_program);
    g_test_add_func("/link/userspace/foreign-socket", test_foreign_socket);
    g_test_add_func("/link/open/backend", test_choice);
    g_test_add_func("/link/open/no-program", test_no_program);
    g_test_add_func("/link/open/bad-config", test_bad_config);
}
