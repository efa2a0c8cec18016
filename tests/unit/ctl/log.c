/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl log, with a program in place of journalctl that says how it was called. */
#include "mock-service.h"

#include <glib/gstdio.h>
#include <string.h>

#include "wl-journal.h"

/* Messages about hub, about a peer whose name contains that word, and with a control character. */
static const char script[] =
    "#!/bin/sh\n"
    "printf '%s\\n' '-- Logs begin at some time. --' \"called with $*\" 'hub: direct' "
    "'hub-2: direct' 'laptop: routed, via hub' 'KEY1KEYK is gone' 'evil \033[31m' "
    "'-- No entries --'\n";

typedef struct {
    Fixture fixture;
    char *root;
} Machine;

static void
set_up(Machine *self, gconstpointer data)
{
    const char *text = data;
    g_autofree char *folder = NULL;
    g_autofree char *path = NULL;

    fixture_set_up(&self->fixture, NULL);
    self->root = g_dir_make_tmp("wirelink-log-XXXXXX", NULL);
    folder = g_build_filename(self->root, "usr/bin", NULL);
    path = g_build_filename(folder, "journalctl", NULL);
    g_assert_cmpint(g_mkdir_with_parents(folder, 0700), ==, 0);
    if (!text)
        return;
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_assert_cmpint(g_chmod(path, 0700), ==, 0);
}

static void
tear_down(Machine *self, gconstpointer data)
{
    static const char *const parts[] = {"usr/bin/journalctl", "usr/bin", "usr", ""};

    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *path = g_build_filename(self->root, parts[i], NULL);

        g_remove(path);
    }
    g_free(self->root);
    fixture_tear_down(&self->fixture, NULL);
}

static CtlRun *
run_log(const Machine *self, const char *name, const char *option, const char *value)
{
    const char *arguments[] = {"log", name ? name : option, name ? option : value,
                               name ? value : NULL, NULL};
    const char *environment[] = {"DBUS_SYSTEM_BUS_ADDRESS",
                                 g_test_dbus_get_bus_address(self->fixture.bus), "WIRELINK_ROOT",
                                 self->root, NULL};

    return ctl_run(arguments, NULL, environment);
}

static void
test_all(Machine *self, gconstpointer data)
{
    g_autoptr(CtlRun) run = run_log(self, NULL, NULL, NULL);

    g_assert_cmpint(run->status, ==, 0);
    ctl_assert_holds(run->out, "--lines=50 SYSLOG_IDENTIFIER=nm-wirelink-service "
                               "SYSLOG_IDENTIFIER=wirelinkd\nhub: direct\n");
    ctl_assert_holds(run->out, "evil \\u{1b}[31m\n");
    g_assert_null(strstr(run->out, "-- "
                                   "No"));
}

static void
test_profile(Machine *self, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;

    fixture_add_network(&self->fixture, "home");
    run = run_log(self, "home", "--lines", "2");
    g_assert_cmpint(run->status, ==, 0);
    /* The program prints more than it was asked for. */
    g_assert_cmpstr(run->out, ==, "KEY1KEYK is gone\nevil \\u{1b}[31m\n");
}

static void
test_peer(Machine *self, gconstpointer data)
{
    g_autoptr(CtlRun) run = NULL;
    g_autoptr(CtlRun) unknown = NULL;

    fixture_add_network(&self->fixture, "home");
    run = run_log(self, "hub", NULL, NULL);
    g_assert_cmpint(run->status, ==, 0);
    g_assert_cmpstr(run->out, ==, "hub: direct\nlaptop: routed, via hub\nKEY1KEYK is gone\n");
    unknown = run_log(self, "printer", NULL, NULL);
    g_assert_cmpint(unknown->status, ==, 3);
    ctl_assert_holds(unknown->err, "\"printer\" names no profile, and no peer");
}

static void
test_nothing(Machine *self, gconstpointer data)
{
    g_autoptr(CtlRun) run = run_log(self, NULL, NULL, NULL);
    g_autoptr(CtlRun) invalid = run_log(self, NULL, "--lines", "0");

    g_assert_cmpint(run->status, ==, 3);
    ctl_assert_holds(run->err, "the journal has no such message that this user may read");
    g_assert_cmpint(invalid->status, ==, 2);
}

static void
test_missing(Machine *self, gconstpointer data)
{
    g_autoptr(CtlRun) run = run_log(self, NULL, NULL, NULL);

    g_assert_cmpint(run->status, ==, 3);
    ctl_assert_holds(run->err, "journalctl is not installed");
}

static void
test_words(void)
{
    static const struct {
        const char *line, *word;
        gboolean found;
    } rows[] = {
        {"hub: direct", "hub", TRUE},     {"via hub until", "hub", TRUE},
        {"via hub", "hub", TRUE},         {"hub-2: direct", "hub", FALSE},
        {"my-hub: direct", "hub", FALSE}, {"hubhub hub", "hub", TRUE},
        {"hubhub", "hub", FALSE},         {"hub", "", FALSE},
        {"hubé: x", "hub", FALSE},
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_test_message("row %u", i);
        g_assert_cmpint(wl_journal_line_has(rows[i].line, rows[i].word), ==, rows[i].found);
    }
}

int
main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/ctl/log/words", test_words);
    g_test_add("/ctl/log/all", Machine, script, set_up, test_all, tear_down);
    g_test_add("/ctl/log/profile", Machine, script, set_up, test_profile, tear_down);
    g_test_add("/ctl/log/peer", Machine, script, set_up, test_peer, tear_down);
    g_test_add("/ctl/log/nothing", Machine, "#!/bin/sh\n", set_up, test_nothing, tear_down);
    g_test_add("/ctl/log/missing", Machine, NULL, set_up, test_missing, tear_down);
    return g_test_run();
}
