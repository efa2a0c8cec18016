/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Clock and timer of the service, both in engine time (microseconds of CLOCK_BOOTTIME). */

#include "wl-clock.h"

#include <errno.h>
#include <gio/gio.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "wl-fd-source.h"

struct _WlTimer {
    int fd;
    GSource *source;
    GSourceFunc func;
    gpointer user_data;
    gint64 deadline;
};

gint64
wl_clock_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_BOOTTIME, &now);
    return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

gint64
wl_clock_to_unix(gint64 time)
{
    if (time < 0)
        return 0;
    return (g_get_real_time() - (wl_clock_now() - time)) / G_USEC_PER_SEC;
}

static gboolean
on_expired(int fd, GIOCondition condition, gpointer user_data)
{
    WlTimer *self = user_data;
    guint64 expirations;

    if (read(fd, &expirations, sizeof(expirations)) != sizeof(expirations))
        return G_SOURCE_CONTINUE;
    self->deadline = G_MAXINT64;
    self->func(self->user_data);
    return G_SOURCE_CONTINUE;
}

WlTimer *
wl_timer_new(GSourceFunc func, gpointer user_data, GError **error)
{
    int fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);

    if (fd < 0) {
        int saved = errno;

        g_set_error(error, G_IO_ERROR, g_io_error_from_errno(saved), "failed to create a timer: %s",
                    g_strerror(saved));
        return NULL;
    }
    WlTimer *self = g_new0(WlTimer, 1);

    self->fd = fd;
    self->func = func;
    self->user_data = user_data;
    self->deadline = G_MAXINT64;
    self->source = wl_fd_source_new(fd, G_IO_IN, on_expired, self);
    return self;
}

void
wl_timer_free(WlTimer *self)
{
    if (!self)
        return;
    wl_source_clear(&self->source);
    wl_fd_clear(&self->fd);
    g_free(self);
}

void
wl_timer_set(WlTimer *self, gint64 deadline)
{
    struct itimerspec when = {0};

    if (deadline == self->deadline)
        return;
    self->deadline = deadline;
    if (deadline != G_MAXINT64) {
        /* A zero value would disarm the timer. */
        deadline = MAX(deadline, 1);
        when.it_value.tv_sec = deadline / G_USEC_PER_SEC;
        when.it_value.tv_nsec = deadline % G_USEC_PER_SEC * 1000;
    }
    timerfd_settime(self->fd, TFD_TIMER_ABSTIME, &when, NULL);
}
