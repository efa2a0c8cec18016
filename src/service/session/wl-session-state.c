/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Failures of a session, and helpers that all its parts use. */

#include "wl-session-state.h"

static gboolean
on_failure_idle(gpointer user_data)
{
    WlSession *self = user_data;

    self->failure_id = 0;
    self->events->failed(self, self->failure, self->user_data);
    return G_SOURCE_REMOVE;
}

void
wl_session_fail(WlSession *self, const char *reason)
{
    if (self->failure)
        return;
    self->failure = g_strdup(reason);
    wl_event_log_add(self->event_log, WL_EVENT_FAILED, reason);
    self->recorded_up = FALSE;
    self->failure_id = g_idle_add(on_failure_idle, self);
}

void
wl_session_link_failed(WlLink *link, const char *reason, gpointer user_data)
{
    WlSession *self = user_data;

    if (!self->key) /* else the monitor reports it and the link is recreated */
        wl_session_fail(self, reason);
}

const char *const *
wl_session_copy_patterns(const char *const *patterns)
{
    return (const char *const *) (patterns ? g_strdupv((char **) patterns) : g_new0(char *, 1));
}

const GArray *
wl_session_copy_prefixes(const GArray *prefixes)
{
    GArray *copy = g_array_new(FALSE, FALSE, sizeof(WlPrefix));

    if (prefixes && prefixes->len > 0)
        g_array_append_vals(copy, prefixes->data, prefixes->len);
    return copy;
}
