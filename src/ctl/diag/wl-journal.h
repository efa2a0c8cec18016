/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include <gio/gio.h>

/** Which entries of the journal of systemd to read. */
typedef struct {
    char **matches;     /* of journalctl(1), NULL-terminated */
    const char *format; /* of its option --output */
    guint lines;        /* the last ones only; 0: all */
    gboolean follow;    /* and those to come, until the program is ended */
} WlJournalQuery;

/** @line: valid UTF-8, safe to print. */
typedef void (*WlJournalFunc)(const char *line, gpointer user_data);

/**
 * Calls @func for each line, from the oldest on. FALSE with *error of WL_CTL_ERROR if journalctl is
 * missing or fails. Entries that the user may not read are left out.
 */
gboolean wl_journal_read(const WlJournalQuery *query, WlJournalFunc func, gpointer user_data,
                         GError **error);

/** The matches for a profile of NetworkManager, by its @uuid: the messages of the service and of
 * NetworkManager; to be freed with g_strfreev(). */
char **wl_journal_match_profile(const char *uuid);
/** The matches for the file @name of wirelinkd. */
char **wl_journal_match_file(const char *name);
/** The matches for all services. */
char **wl_journal_match_all(void);

/** TRUE if @word is in @line, and is no part of a longer word. */
gboolean wl_journal_line_has(const char *line, const char *word);
