/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads the journal of systemd with journalctl. The services log there with the UUID of their
 * profile as the field NM_CONNECTION, as NetworkManager itself does.
 */
#include "wl-journal.h"

#include <string.h>

#include "wl-display.h"
#include "wl-exit.h"
#include "wl-host.h"

#define MAX_LINE 4096 /* bytes */

char **
wl_journal_match_profile(const char *uuid)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_autofree char *match = g_strconcat("NM_CONNECTION=", uuid, NULL);

    g_strv_builder_add(builder, match);
    return g_strv_builder_end(builder);
}

char **
wl_journal_match_file(const char *name)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_autofree char *by_unit = g_strdup_printf("_SYSTEMD_UNIT=wirelinkd@%s.service", name);
    g_autofree char *about_unit = g_strdup_printf("UNIT=wirelinkd@%s.service", name);

    g_strv_builder_add_many(builder, by_unit, "+", about_unit, NULL);
    return g_strv_builder_end(builder);
}

char **
wl_journal_match_all(void)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    g_strv_builder_add_many(builder, "SYSLOG_IDENTIFIER=nm-wirelink-service",
                            "SYSLOG_IDENTIFIER=wirelinkd", NULL);
    return g_strv_builder_end(builder);
}

static gboolean
is_of_word(char c)
{
    return g_ascii_isalnum(c) || c == '-' || c == '_' || c == '+' || c == '/' || (c & 0x80);
}

gboolean
wl_journal_line_has(const char *line, const char *word)
{
    gsize length = strlen(word);

    if (length == 0)
        return FALSE;
    for (const char *at = line; (at = strstr(at, word)); at++) {
        if ((at == line || !is_of_word(at[-1])) && !is_of_word(at[length]))
            return TRUE;
    }
    return FALSE;
}

static GSubprocess *
start(const WlJournalQuery *query, GError **error)
{
    g_autofree char *program = wl_host_find_program("journalctl");
    g_autofree char *whole = program ? wl_host_path(program) : NULL;
    g_autofree char *lines = g_strdup_printf("--lines=%u", query->lines);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(GError) failure = NULL;
    GSubprocess *process;

    if (!whole) {
        g_set_error_literal(error, WL_CTL_ERROR, WL_EXIT_NOTHING,
                            "journalctl is not installed: look for nm-wirelink-service in the file "
                            "that syslog writes");
        return NULL;
    }
    g_ptr_array_add(argv, whole);
    g_ptr_array_add(argv, "--no-pager");
    g_ptr_array_add(argv, "--no-hostname");
    g_ptr_array_add(argv, "--output");
    g_ptr_array_add(argv, (gpointer) query->format);
    if (query->lines > 0 || query->follow)
        g_ptr_array_add(argv, lines);
    if (query->follow)
        g_ptr_array_add(argv, "--follow");
    for (guint i = 0; query->matches[i]; i++)
        g_ptr_array_add(argv, query->matches[i]);
    g_ptr_array_add(argv, NULL);
    process = g_subprocess_newv((const char *const *) argv->pdata,
                                G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
                                &failure);
    if (!process)
        g_set_error(error, WL_CTL_ERROR, WL_EXIT_FAILURE, "cannot run %s: %s", whole,
                    failure->message);
    return process;
}

/* journalctl adds lines of its own, such as "-- No entries --". */
static void
take_line(const char *line, WlJournalFunc func, gpointer user_data)
{
    g_autofree char *valid = g_utf8_make_valid(line, (gssize) MIN(strlen(line), MAX_LINE));
    g_autofree char *shown = wl_display_escape(valid);

    if (!g_str_has_prefix(shown, "-- "))
        func(shown, user_data);
}

gboolean
wl_journal_read(const WlJournalQuery *query, WlJournalFunc func, gpointer user_data, GError **error)
{
    g_autoptr(GSubprocess) process = start(query, error);
    g_autoptr(GDataInputStream) stream = NULL;
    char *line;

    if (!process)
        return FALSE;
    stream = g_data_input_stream_new(g_subprocess_get_stdout_pipe(process));
    while ((line = g_data_input_stream_read_line(stream, NULL, NULL, NULL))) {
        take_line(line, func, user_data);
        g_free(line);
    }
    /* Some versions have the exit status 1 if there is no entry. */
    g_subprocess_wait(process, NULL, NULL);
    return TRUE;
}
