/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wirelinkctl log: what the services log, about one profile or one peer. */
#include <stdio.h>
#include <string.h>

#include "wl-command.h"
#include "wl-display.h"
#include "wl-front-end.h"
#include "wl-journal.h"
#include "wl-pick.h"
#include "wl-unit.h"

#define DEFAULT_LINES 50
#define MAX_LINES     100000
#define KEY_START     8 /* characters of a key by which messages name a peer */

static struct {
    gboolean follow;
    int lines;
} options = {.lines = DEFAULT_LINES};

static const GOptionEntry entries[] = {
    {"follow", 'f', 0, G_OPTION_ARG_NONE, &options.follow, "go on with new messages", NULL},
    {"lines", 'n', 0, G_OPTION_ARG_INT, &options.lines,
     "print this many of the last messages (default: 50)", "NUMBER"},
    {NULL},
};

/* The messages that are wanted, and the last ones of those that were read. */
typedef struct {
    WlJournalQuery query;
    char *name, *key; /* of a peer, the key cut; or NULL */
    GQueue last;      /* of char */
    guint printed;
} Log;

static void
log_clear(Log *self)
{
    g_strfreev(self->query.matches);
    g_free(self->name);
    g_free(self->key);
    g_queue_clear_full(&self->last, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Log, log_clear)

/* ---- what is named ------------------------------------------------------------------------- */

static void
want_active(Log *self, const WlActiveProfile *profile)
{
    /* Also for wirelinkd, whose messages have the same field. */
    self->query.matches = wl_journal_match_profile(wl_property_string(profile->link, "Uuid"));
}

static gboolean
want_peer(Log *self, const WlActiveProfiles *profiles, const char *name)
{
    const WlActiveProfile *profile = NULL;
    const WlActivePeer *peer = wl_pick_peer(profiles, name, WL_PICK_TO_READ, &profile, NULL);

    if (!peer)
        return FALSE;
    want_active(self, profile);
    self->name = g_strdup(wl_property_string(peer->properties, "Name"));
    self->key = g_strndup(wl_property_string(peer->properties, "PublicKey"), KEY_START);
    return TRUE;
}

/* A profile of NetworkManager, a file of wirelinkd, an active profile, or a peer of one. */
static gboolean
want(Log *self, GDBusConnection *bus, const char *name, GError **error)
{
    g_auto(WlFrontEnd) front_end = {0};
    g_autoptr(WlActiveProfiles) all = NULL;
    g_autoptr(WlActiveProfiles) called = NULL;
    g_autofree char *shown = wl_display_quote(name, 63);

    wl_front_end_find(&front_end, bus, name, NULL);
    if (front_end.profile) {
        self->query.matches = wl_journal_match_profile(front_end.profile->uuid);
        return TRUE;
    }
    if (wl_unit_find_file(name) == WL_UNIT_FILE_EXISTS) {
        self->query.matches = wl_journal_match_file(name);
        return TRUE;
    }
    called = wl_active_profiles_load(bus, name, NULL, NULL);
    if (called) {
        want_active(self, called->profiles->pdata[0]);
        return TRUE;
    }
    all = wl_active_profiles_load(bus, NULL, NULL, NULL);
    if (all && want_peer(self, all, name))
        return TRUE;
    g_set_error(error, WL_CTL_ERROR, WL_EXIT_NOTHING,
                "\"%s\" names no profile, and no peer of an active profile: nmcli connection show "
                "lists profiles, wirelinkctl status peers",
                shown);
    return FALSE;
}

/* ---- lines --------------------------------------------------------------------------------- */

static gboolean
is_wanted(const Log *self, const char *line)
{
    return !self->key || wl_journal_line_has(line, self->name) || strstr(line, self->key);
}

/* A WlJournalFunc. */
static void
keep(const char *line, gpointer user_data)
{
    Log *self = user_data;

    if (!is_wanted(self, line))
        return;
    g_queue_push_tail(&self->last, g_strdup(line));
    if (self->last.length > (guint) options.lines)
        g_free(g_queue_pop_head(&self->last));
}

/* A WlJournalFunc. */
static void
print(const char *line, gpointer user_data)
{
    Log *self = user_data;

    if (!is_wanted(self, line))
        return;
    puts(line);
    fflush(stdout);
    self->printed++;
}

static void
print_kept(Log *self)
{
    for (GList *i = self->last.head; i; i = i->next)
        puts(i->data);
    fflush(stdout);
    self->printed += self->last.length;
}

static gboolean
show(Log *self, GError **error)
{
    /* Those about a peer are chosen here, so all have to be read. */
    self->query.format = "short-iso";
    self->query.lines = self->key ? 0 : (guint) options.lines;
    if (!wl_journal_read(&self->query, keep, self, error))
        return FALSE;
    print_kept(self);
    self->query.lines = 0;
    self->query.follow = options.follow;
    if (options.follow)
        return wl_journal_read(&self->query, print, self, error);
    if (self->printed > 0)
        return TRUE;
    g_set_error_literal(error, WL_CTL_ERROR, WL_EXIT_NOTHING,
                        "the journal has no such message that this user may read: run the command "
                        "with sudo, or add the user to the group systemd-journal");
    return FALSE;
}

/* ---- the command --------------------------------------------------------------------------- */

static WlExit
check(const WlRequest *request)
{
    if (options.lines >= 1 && options.lines <= MAX_LINES)
        return WL_EXIT_OK;
    return wl_exit_usage(FALSE, "log", "--lines takes a number from 1 to %d", MAX_LINES);
}

static WlExit
run(WlRequest *request)
{
    g_auto(Log) log = {.last = G_QUEUE_INIT};
    g_autoptr(GError) error = NULL;

    if (!request->operands[0])
        log.query.matches = wl_journal_match_all();
    if ((request->operands[0] && !want(&log, request->bus, request->operands[0], &error)) ||
        !show(&log, &error))
        return wl_exit_error(FALSE, error);
    return WL_EXIT_OK;
}

const WlCommand wl_command_log = {
    .name = "log",
    .operands = "[PROFILE|PEER]",
    .summary = "print what the services log, about one profile or one peer",
    .wants = WL_WANTS_BUS,
    .options = entries,
    .check = check,
    .run = run,
};
