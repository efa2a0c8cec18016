/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an attacker could do who has taken over the running service, or wirelinkd: each call of
 * forbidden-calls.c is made in each of its threads, while the link is up, and refused by the
 * kernel. Requires root.
 */
#include <errno.h>
#include <glib/gstdio.h>
#include <net/if.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "wl-test-profile.h"

#define RESULTS "/run/results"
#define FOLDER  "/run/forbidden"

static char *
read_file(const char *path)
{
    char *text = NULL;

    g_file_get_contents(path, &text, NULL, NULL);
    return text ? text : g_strdup("");
}

/* 0: the kernel has none. */
static long
landlock_version(void)
{
    return MAX(syscall(444 /* landlock_create_ruleset */, NULL, 0, 1), 0);
}

static gboolean
is_up(gpointer bus)
{
    return wl_test_bus_signal_index(bus, "Ip6Config") >= 0;
}

static void
connect_profile(WlTestBus *bus)
{
    g_autoptr(NMConnection) connection = wl_test_profile_new();
    g_autoptr(GVariant) reply = NULL;

    wl_test_bus_start_service(bus);
    reply = wl_test_bus_call_plugin(bus, "Connect", wl_test_profile_parameters(connection), NULL);
    g_assert_nonnull(reply);
    g_assert_true(wl_test_bus_wait(is_up, bus));
}

/* ---- in each thread -------------------------------------------------------------------------- */

/* GLib's worker, which only waits for signals, blocks all of them. */
static gboolean
blocks_signal(int pid, const char *thread)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task/%s/status", pid, thread);
    g_autofree char *status = read_file(path);
    const char *blocked = strstr(status, "\nSigBlk:");

    g_assert_nonnull(blocked);
    return g_ascii_strtoull(blocked + strlen("\nSigBlk:") + 1, NULL, 16) >> (SIGUSR2 - 1) & 1;
}

static gboolean
is_finished(gpointer text)
{
    g_autofree char *results = read_file(RESULTS);

    g_main_context_wakeup(NULL);
    g_usleep(1000);
    return strstr(results, text) != NULL;
}

/* All results, of one thread after the other. */
static void
attack(int pid, const char *thread)
{
    g_assert_cmpint(syscall(SYS_tgkill, pid, atoi(thread), SIGUSR2), ==, 0);
    if (!wl_test_bus_wait(is_finished, "\nend 0\n")) {
        g_autofree char *results = read_file(RESULTS);

        g_error("a call did not return in thread %s, after:\n%s", thread, results);
    }
}

static gboolean
is_refusal(int code)
{
    return code == EPERM || code == EACCES || code == ENOSYS;
}

static void
assert_refused(const char *line, long version, guint *n)
{
    g_auto(GStrv) parts = g_strsplit(line, " ", 2);
    const char *name = parts[0], *colon = strchr(name, ':');

    if (colon && strtol(name + strlen("landlock-"), NULL, 10) > version)
        return;
    (*n)++;
    if (!is_refusal(atoi(parts[1]))) {
        g_test_message("%s is not refused: %s", name, g_strerror(atoi(parts[1])));
        g_test_fail();
    }
}

static void
assert_all_refused(void)
{
    g_autofree char *results = read_file(RESULTS);
    g_auto(GStrv) lines = g_strsplit(results, "\n", -1);
    guint n = 0;

    for (guint i = 0; lines[i] && !g_str_equal(lines[i], "end 0"); i++)
        assert_refused(lines[i], landlock_version(), &n);
    g_test_message("%u calls are refused", n);
    g_assert_cmpuint(n, >, landlock_version() > 0 ? 80 : 60);
}

/* The library opened the file before: it is emptied, not replaced. */
static guint
attack_threads(int pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/task", pid);
    g_autoptr(GDir) threads = g_dir_open(path, 0, NULL);
    const char *thread;
    guint n = 0;

    g_assert_nonnull(threads);
    while ((thread = g_dir_read_name(threads))) {
        if (blocks_signal(pid, thread))
            continue;
        g_assert_cmpint(truncate(RESULTS, 0), ==, 0);
        attack(pid, thread);
        assert_all_refused();
        n++;
    }
    return n;
}

static void
preload(gboolean loaded)
{
    if (loaded) {
        g_setenv("LD_PRELOAD", g_getenv("WIRELINK_FORBIDDEN_LIBRARY"), TRUE);
        g_setenv("WIRELINK_FORBIDDEN", RESULTS, TRUE);
    } else {
        g_unsetenv("LD_PRELOAD");
        g_unsetenv("WIRELINK_FORBIDDEN");
    }
}

static void
prepare_folder(void)
{
    g_mkdir(FOLDER, 0700);
    unlink(RESULTS);
    g_assert_true(g_file_set_contents(FOLDER "/file", "kept", -1, NULL));
}

static void
assert_folder_unchanged(void)
{
    g_autofree char *text = read_file(FOLDER "/file");
    g_autoptr(GDir) folder = g_dir_open(FOLDER, 0, NULL);

    g_assert_cmpstr(text, ==, "kept");
    g_assert_cmpstr(g_dir_read_name(folder), ==, "file");
    g_assert_null(g_dir_read_name(folder));
}

static void
test_forbidden(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(GVariant) reply = NULL;
    g_autoptr(GVariant) limitations = NULL;
    int pid;

    prepare_folder();
    preload(TRUE);
    connect_profile(bus);
    preload(FALSE);
    pid = atoi(g_subprocess_get_identifier(bus->service));
    /* the main loop and that of GDBus */
    g_assert_cmpuint(attack_threads(pid), >=, 2);
    if (landlock_version() > 0)
        assert_folder_unchanged();

    /* And it still works. */
    limitations = wl_test_bus_call(bus, ROOT "/link", "org.freedesktop.DBus.Properties", "Get",
                                   g_variant_new("(ss)", LINK, "Limitations"), NULL);
    g_assert_nonnull(limitations);
    reply = wl_test_bus_call_plugin(bus, "Disconnect", NULL, NULL);
    g_assert_nonnull(reply);
    wl_test_bus_wait_exit(bus);
    g_assert_cmpint(g_subprocess_get_exit_status(bus->service), ==, 0);
    g_assert_cmpuint(if_nametoindex(INTERFACE), ==, 0);
}

/* ---- wirelinkd ------------------------------------------------------------------------------- */

#define PROFILE "/run/hub.wirelink"
#define KEY     "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHl8="
#define MEMBER  "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pn8="

/* The objects are there as soon as the link is up. */
static gboolean
is_served(gpointer bus)
{
    g_autoptr(GVariant) link =
        wl_test_bus_call(bus, ROOT "/link", "org.freedesktop.DBus.Properties", "Get",
                         g_variant_new("(ss)", LINK, "Limitations"), NULL);

    g_main_context_wakeup(NULL);
    g_usleep(10000);
    return link != NULL;
}

/* Without the sandbox of its unit. */
static void
test_daemon(void)
{
    g_autoptr(WlTestBus) bus = wl_test_bus_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) daemon = NULL;

    prepare_folder();
    g_assert_true(
        g_file_set_contents_full(PROFILE,
                                 "[Interface]\nPrivateKey = " KEY "\nAddress = 10.77.0.1/24\n"
                                 "[Wirelink]\n"
                                 "[Peer]\nPublicKey = " MEMBER "\nAllowedIPs = 10.77.0.2/32\n",
                                 -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    preload(TRUE);
    daemon = g_subprocess_new(G_SUBPROCESS_FLAGS_NONE, &error, g_getenv("WIRELINK_DAEMON"), "hub",
                              "--file", PROFILE, NULL);
    preload(FALSE);
    g_assert_no_error(error);
    bus->bus_name = g_strdup("org.freedesktop.NetworkManager.wirelink.Unit_hub");
    g_assert_true(wl_test_bus_wait(is_served, bus));
    g_assert_cmpuint(attack_threads(atoi(g_subprocess_get_identifier(daemon))), >=, 2);
    if (landlock_version() > 0)
        assert_folder_unchanged();
    g_subprocess_send_signal(daemon, SIGTERM);
    g_assert_true(g_subprocess_wait(daemon, NULL, NULL));
    g_assert_cmpint(g_subprocess_get_exit_status(daemon), ==, 0);
}

static void
add_tests(void)
{
    g_test_add_func("/containment/forbidden-calls-are-refused", test_forbidden);
    g_test_add_func("/containment/wirelinkd", test_daemon);
}

int
main(int argc, char **argv)
{
    g_setenv("WIRELINK_WIREGUARD", "userspace", TRUE);
    return wl_test_bus_main(argc, argv, add_tests);
}
