/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Log writer for GLib with the destinations and levels that NetworkManager requests. Each message
 * is sanitized to one line. Global state; not thread-safe except for writing. */

#include "wl-log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "wl-clock.h"
#include "wl-text-sanitize.h"

#define REPEAT_BURST    5
#define REPEAT_INTERVAL (60 * G_USEC_PER_SEC)

#define DEFAULT_LEVEL 5 /* NetworkManager's own default, LOG_NOTICE */

static struct {
    const char *program;
    int level; /* highest syslog level that is logged */
    gboolean journal;
    gboolean syslog;
    char *uuid;
    char *interface;
} state;

/* NetworkManager passes its own level as a syslog level: TRACE is 7, DEBUG 6, INFO 5. */
static int
level_of(GLogLevelFlags flags)
{
    if (flags & G_LOG_LEVEL_ERROR)
        return LOG_CRIT;
    if (flags & G_LOG_LEVEL_CRITICAL)
        return LOG_ERR;
    if (flags & G_LOG_LEVEL_WARNING)
        return LOG_WARNING;
    if (flags & G_LOG_LEVEL_MESSAGE)
        return LOG_NOTICE;
    if (flags & G_LOG_LEVEL_INFO)
        return LOG_INFO;
    return LOG_DEBUG;
}

static GLogWriterOutput
write_journal(GLogLevelFlags flags, const GLogField *fields, gsize n_fields, const char *line)
{
    g_autoptr(GArray) all = g_array_sized_new(FALSE, FALSE, sizeof(GLogField), n_fields + 3);
    GLogField name = {"SYSLOG_IDENTIFIER", state.program,
                      -1}; /* the kernel truncates the process name */

    for (gsize i = 0; i < n_fields; i++) {
        GLogField field = fields[i];

        if (g_str_equal(field.key, "MESSAGE")) {
            field.value = line;
            field.length = -1;
        }
        g_array_append_val(all, field);
    }
    g_array_append_val(all, name);
    if (state.uuid) {
        GLogField field = {"NM_CONNECTION", state.uuid, -1};

        g_array_append_val(all, field);
    }
    if (state.interface) {
        GLogField field = {"NM_DEVICE", state.interface, -1};

        g_array_append_val(all, field);
    }
    return g_log_writer_journald(flags, (const GLogField *) all->data, all->len, NULL);
}

static GLogWriterOutput
write_log(GLogLevelFlags flags, const GLogField *fields, gsize n_fields, gpointer user_data)
{
    static const char *const names[] = {"",        "",       "fatal", "error",
                                        "warning", "notice", "info",  "debug"};
    int level = level_of(flags);
    const char *message = "";

    if (level > state.level)
        return G_LOG_WRITER_HANDLED;
    for (gsize i = 0; i < n_fields; i++)
        if (g_str_equal(fields[i].key, "MESSAGE"))
            message = fields[i].value;
    /* Messages may contain names from the profile or from another member. */
    g_autofree char *line = wl_text_sanitize(message, -1, G_MAXSIZE, ' ');

    if (state.journal)
        return write_journal(flags, fields, n_fields, line);
    const char *interface = state.interface ? state.interface : "";
    const char *colon = state.interface ? ": " : "";

    if (state.syslog)
        syslog(level, "%s%s%s", interface, colon, line);
    else
        fprintf(stderr, "%s[%d] <%s> %s%s%s\n", state.program, (int) getpid(), names[level],
                interface, colon, line);
    return G_LOG_WRITER_HANDLED;
}

void
wl_log_init(const char *program, gboolean debug)
{
    const char *level = g_getenv("NM_VPN_LOG_LEVEL");
    const char *to_syslog = g_getenv("NM_VPN_LOG_SYSLOG");
    gint64 number = level ? g_ascii_strtoll(level, NULL, 10) : DEFAULT_LEVEL;

    state.program = program;
    state.level = debug ? LOG_DEBUG : (int) CLAMP(number, LOG_CRIT, LOG_DEBUG);
    state.journal = !debug && g_log_writer_is_journald(fileno(stderr));
    state.syslog = !debug && to_syslog && g_str_equal(to_syslog, "1");
    /* NetworkManager requests syslog even if it logs to standard error itself: use both. */
    if (state.syslog)
        openlog(program, LOG_PID | LOG_PERROR, LOG_DAEMON);
    g_log_set_writer_func(write_log, NULL, NULL);
}

void
wl_log_set_context(const char *uuid, const char *interface)
{
    g_free(state.uuid);
    g_free(state.interface);
    state.uuid = g_strdup(uuid);
    state.interface = g_strdup(interface);
}

void
wl_log_repeated(WlRateLimit *limit, const char *format, ...)
{
    gboolean loud = wl_rate_limit_take(limit, wl_clock_now(), REPEAT_INTERVAL, REPEAT_BURST);
    g_autofree char *message = NULL;
    va_list arguments;

    va_start(arguments, format);
    message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    /* with the fields of g_warning() and g_info(); g_logv() has other ones */
    g_log_structured(G_LOG_DOMAIN, loud ? G_LOG_LEVEL_WARNING : G_LOG_LEVEL_INFO, "MESSAGE", "%s",
                     message);
}
