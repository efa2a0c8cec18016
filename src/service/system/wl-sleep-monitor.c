/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Detects resume and clock changes. Times are microseconds. */

#include "wl-sleep-monitor.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "wl-clock.h"
#include "wl-fd-source.h"
#include "wl-limitation.h"

#define SLEPT  "resumed from suspend; retrying all peers"
#define JUMPED "the clock was set; retrying all peers"

#define THRESHOLD (1 * G_USEC_PER_SEC) /* time servers adjust the clock by less */
#define SAME_RESUME                                                                                \
    (10 * G_USEC_PER_SEC) /* within which logind and the kernel report the same suspend */
/* A time that is never reached. */
#define FAR ((time_t) 1 << 40)

struct _WlSleepMonitor {
    GDBusConnection *connection;
    WlSleepMonitorFunc func;
    gpointer user_data;
    guint subscription;
    int fd;          /* -1: changes of the clock are not detected */
    GSource *source; /* or NULL */
    WlSleepMonitorClocks clocks;
    gint64 reported; /* engine time of the last report */
};

static gint64
read_clock(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static WlSleepMonitorClocks
read_clocks(void)
{
    return (WlSleepMonitorClocks){
        .real = read_clock(CLOCK_REALTIME),
        .boot = read_clock(CLOCK_BOOTTIME),
        .awake = read_clock(CLOCK_MONOTONIC),
    };
}

const char *
wl_sleep_monitor_compare(const WlSleepMonitorClocks *before, const WlSleepMonitorClocks *after)
{
    gint64 passed = after->boot - before->boot;

    if (passed - (after->awake - before->awake) >= THRESHOLD)
        return SLEPT;
    /* WireGuard handshakes contain a timestamp, and peers reject one older than the last. */
    if (ABS(after->real - before->real - passed) >= THRESHOLD)
        return JUMPED;
    return NULL;
}

static void
report(WlSleepMonitor *self, const char *reason)
{
    gint64 now = wl_clock_now();

    if (!reason || (g_str_equal(reason, SLEPT) && self->reported + SAME_RESUME > now))
        return;
    self->reported = now;
    self->func(reason, self->user_data);
}

static void
on_prepare_for_sleep(GDBusConnection *connection, const char *sender, const char *path,
                     const char *interface, const char *signal, GVariant *parameters,
                     gpointer user_data)
{
    gboolean begins = TRUE;

    if (g_variant_is_of_type(parameters, G_VARIANT_TYPE("(b)")))
        g_variant_get(parameters, "(b)", &begins);
    if (!begins)
        report(user_data, SLEPT);
}

static gboolean
arm(WlSleepMonitor *self)
{
    struct itimerspec when = {.it_value = {.tv_sec = FAR}};

    return timerfd_settime(self->fd, TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &when, NULL) == 0;
}

static gboolean
on_clock_set(int fd, GIOCondition condition, gpointer user_data)
{
    WlSleepMonitor *self = user_data;
    WlSleepMonitorClocks before = self->clocks;
    guint64 expirations;

    if (read(fd, &expirations, sizeof(expirations)) >= 0 || errno != ECANCELED)
        return G_SOURCE_CONTINUE;
    self->clocks = read_clocks();
    arm(self);
    report(self, wl_sleep_monitor_compare(&before, &self->clocks));
    return G_SOURCE_CONTINUE;
}

static void
watch_clock(WlSleepMonitor *self)
{
    self->fd = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (self->fd < 0 || !arm(self)) {
        wl_limitation_add(
            "clock-changes",
            "after the clock was set, peers may be unreachable until their next handshake: cannot "
            "watch the clock: %s",
            g_strerror(errno));
        return;
    }
    self->source = wl_fd_source_new(self->fd, G_IO_IN, on_clock_set, self);
}

static void
watch_logind(WlSleepMonitor *self, GDBusConnection *connection)
{
    self->connection = g_object_ref(connection);
    self->subscription = g_dbus_connection_signal_subscribe(
        connection, "org.freedesktop.login1", "org.freedesktop.login1.Manager", "PrepareForSleep",
        "/org/freedesktop/login1", NULL, G_DBUS_SIGNAL_FLAGS_NONE, on_prepare_for_sleep, self,
        NULL);
}

WlSleepMonitor *
wl_sleep_monitor_new(GDBusConnection *connection, WlSleepMonitorFunc func, gpointer user_data)
{
    WlSleepMonitor *self = g_new0(WlSleepMonitor, 1);

    self->func = func;
    self->user_data = user_data;
    self->clocks = read_clocks();
    self->reported = -SAME_RESUME;
    if (connection)
        watch_logind(self, connection);
    watch_clock(self);
    return self;
}

void
wl_sleep_monitor_free(WlSleepMonitor *self)
{
    if (!self)
        return;
    if (self->connection)
        g_dbus_connection_signal_unsubscribe(self->connection, self->subscription);
    g_clear_object(&self->connection);
    wl_source_clear(&self->source);
    wl_fd_clear(&self->fd);
    g_free(self);
}
