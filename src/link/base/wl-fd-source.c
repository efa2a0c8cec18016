/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one place that creates main loop sources for file descriptors and timers, for src/link and
 * the service. Sources belong to the caller; times are in milliseconds; nothing here fails.
 */
#include "wl-fd-source.h"

#include <unistd.h>

static GSource *
attach(GSource *source, GSourceFunc func, gpointer user_data)
{
    g_source_set_callback(source, func, user_data, NULL);
    g_source_attach(source, g_main_context_get_thread_default());
    return source;
}

GSource *
wl_fd_source_new(int fd, GIOCondition condition, GUnixFDSourceFunc ready, gpointer user_data)
{
    return attach(g_unix_fd_source_new(fd, condition), G_SOURCE_FUNC(ready), user_data);
}

GSource *
wl_timeout_source_new(guint milliseconds, GSourceFunc func, gpointer user_data)
{
    return attach(g_timeout_source_new(milliseconds), func, user_data);
}

void
wl_source_clear(GSource **source)
{
    if (!*source)
        return;
    g_source_destroy(*source);
    g_clear_pointer(source, g_source_unref);
}

void
wl_fd_clear(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}
