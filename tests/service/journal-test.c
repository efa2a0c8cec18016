/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Messages in the journal, or in syslog without a journal, if standard error is connected to it as
 * under systemd. Uses a mock journal in a mount namespace. */

#include <errno.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "wl-log.h"

#define FOLDER "/run/systemd/journal"
#define UUID   "11111111-2222-3333-4444-555555555555"

static int
bind_to(const char *path, int type)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

    g_strlcpy(address.sun_path, path, sizeof address.sun_path);
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(bind(fd, (struct sockaddr *) &address, sizeof address), ==, 0);
    return fd;
}

/* Connects standard error to the mock journal; returns the socket that receives its datagrams. */
static int
become_a_unit(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = FOLDER "/stdout"};
    int stream, client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint(unshare(CLONE_NEWNS), ==, 0);
    g_assert_cmpint(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), ==, 0);
    g_assert_cmpint(mount("run", "/run", "tmpfs", 0, NULL), ==, 0);
    g_assert_cmpint(g_mkdir_with_parents(FOLDER, 0755), ==, 0);
    stream = bind_to(address.sun_path, SOCK_STREAM);
    g_assert_cmpint(listen(stream, 1), ==, 0);
    g_assert_cmpint(connect(client, (struct sockaddr *) &address, sizeof address), ==, 0);
    g_assert_cmpint(dup2(client, STDERR_FILENO), ==, STDERR_FILENO);
    return bind_to(FOLDER "/socket", SOCK_DGRAM);
}

static gboolean
next_entry(int journal, char *text, gsize size)
{
    ssize_t length = recv(journal, text, size - 1, MSG_DONTWAIT);

    if (length < 0)
        return FALSE;
    text[length] = '\0';
    return TRUE;
}

static void
assert_has(const char *entry, const char *line)
{
    g_auto(GStrv) lines = g_strsplit(entry, "\n", -1);

    if (g_strv_contains((const char *const *) lines, line))
        return;
    /* Standard error is redirected. */
    g_test_message("no line %s in:\n%s", line, entry);
    g_test_fail();
}

static void
test_fields(void)
{
    char entry[4096];
    int journal = become_a_unit();

    g_setenv("NM_VPN_LOG_LEVEL", "5", TRUE); /* its INFO */
    g_setenv("NM_VPN_LOG_SYSLOG", "1", TRUE);
    wl_log_init("nm-wirelink-service", FALSE);
    g_message("before there is a profile");
    g_assert_true(next_entry(journal, entry, sizeof entry));
    assert_has(entry, "MESSAGE=before there is a profile");
    g_assert_null(strstr(entry, "NM_CONNECTION"));

    wl_log_set_context(UUID, "nmwl-11111111");
    g_message("the link is up");
    g_assert_true(next_entry(journal, entry, sizeof entry));
    assert_has(entry, "MESSAGE=the link is up");
    assert_has(entry, "NM_CONNECTION=" UUID);
    assert_has(entry, "NM_DEVICE=nmwl-11111111");
    assert_has(entry, "PRIORITY=5");
    assert_has(entry, "SYSLOG_IDENTIFIER=nm-wirelink-service");

    g_message("peer \"a\nb\033[31m\": connecting");
    g_assert_true(next_entry(journal, entry, sizeof entry));
    assert_has(entry, "MESSAGE=peer \"a b [31m\": connecting");

    g_info("a detail below the log level");
    g_assert_false(next_entry(journal, entry, sizeof entry));
}

/* Without a journal, when NetworkManager logs to syslog; uses its own /dev. */
static void
log_to_syslog(void)
{
    char entry[4096];
    int log;

    g_assert_cmpint(unshare(CLONE_NEWNS), ==, 0);
    g_assert_cmpint(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), ==, 0);
    g_assert_cmpint(mount("dev", "/dev", "tmpfs", 0, NULL), ==, 0);
    log = bind_to("/dev/log", SOCK_DGRAM);
    g_setenv("NM_VPN_LOG_LEVEL", "5", TRUE);
    g_setenv("NM_VPN_LOG_SYSLOG", "1", TRUE);
    wl_log_init("nm-wirelink-service", FALSE);
    wl_log_set_context(UUID, "nmwl-11111111");
    g_message("the link is up");
    g_assert_true(next_entry(log, entry, sizeof entry));
    g_test_message("%s", entry);
    /* LOG_DAEMON and LOG_NOTICE */
    g_assert_true(g_str_has_prefix(entry, "<29>"));
    g_assert_nonnull(strstr(entry, " nm-wirelink-service["));
    g_assert_true(g_str_has_suffix(entry, "]: nmwl-11111111: the link is up"));
    g_info("a detail below the log level");
    g_assert_false(next_entry(log, entry, sizeof entry));
}

static void
test_syslog(void)
{
    g_test_trap_subprocess("/journal/syslog/subprocess", 0, 0);
    g_test_trap_assert_passed();
    g_test_trap_assert_stderr("*nmwl-11111111: the link is up*");
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/journal/syslog", test_syslog);
    g_test_add_func("/journal/syslog/subprocess", log_to_syslog);
    g_test_add_func("/journal/fields", test_fields);
    return g_test_run();
}
