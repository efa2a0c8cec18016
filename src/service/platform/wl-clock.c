/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Clock and timer of the service, both in engine time (microseconds of CLOCK_BOOTTIME). */

#include "wl-clock.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "wl-fd-source.h"
#include "wl-limitation.h"

struct _WlTimer {
    int fd; /* -1: refused; GLib's timeouts are used */
    GSource *source;
    GSource *timeout; /* in place of fd; NULL: unset */
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

static void
note_refusal(void)
{
    wl_limitation_add("timer",
                      "after a suspend, timers are late by its duration: cannot use a timer of the "
                      "kernel: %s",
                      g_strerror(errno));
}

WlTimer *
wl_timer_new(GSourceFunc func, gpointer user_data)
{
    WlTimer *self = g_new0(WlTimer, 1);

    self->fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    self->func = func;
    self->user_data = user_data;
    self->deadline = G_MAXINT64;
    if (self->fd >= 0)
        self->source = wl_fd_source_new(self->fd, G_IO_IN, on_expired, self);
    else
        note_refusal();
    return self;
}

void
wl_timer_free(WlTimer *self)
{
    if (!self)
        return;
    wl_source_clear(&self->source);
    wl_source_clear(&self->timeout);
    wl_fd_clear(&self->fd);
    g_free(self);
}

static gboolean
on_timeout(gpointer user_data)
{
    WlTimer *self = user_data;

    wl_source_clear(&self->timeout);
    self->deadline = G_MAXINT64;
    self->func(self->user_data);
    return G_SOURCE_REMOVE;
}

static void
set_timeout(WlTimer *self, gint64 deadline)
{
    gint64 wait = MAX(deadline - wl_clock_now(), 0) / 1000 + 1;

    wl_source_clear(&self->timeout);
    if (deadline != G_MAXINT64)
        self->timeout = wl_timeout_source_new((guint) MIN(wait, G_MAXINT), on_timeout, self);
}

void
wl_timer_set(WlTimer *self, gint64 deadline)
{
    struct itimerspec when = {0};
    /* A zero value would disarm the timer. */
    gint64 expires = MAX(deadline, 1);

    if (deadline == self->deadline)
        return;
    self->deadline = deadline;
    if (deadline != G_MAXINT64) {
        when.it_value.tv_sec = expires / G_USEC_PER_SEC;
        when.it_value.tv_nsec = expires % G_USEC_PER_SEC * 1000;
    }
    if (self->fd >= 0 && timerfd_settime(self->fd, TFD_TIMER_ABSTIME, &when, NULL) < 0) {
        note_refusal();
        wl_source_clear(&self->source);
        wl_fd_clear(&self->fd);
    }
    if (self->fd < 0)
        set_timeout(self, deadline);
}
