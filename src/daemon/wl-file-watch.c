/* SPDX-License-Identifier: GPL-2.0-or-later */

/* inotify(7) on the directory of the file. */

#include "wl-file-watch.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "wl-fd-source.h"
#include "wl-link-error.h"

/* An editor writes, renames and sets the mode one after the other; ms. */
#define COALESCE 200

#define EVENTS                                                                                     \
    (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB | IN_CREATE | IN_ONLYDIR)

struct _WlFileWatch {
    int fd;
    char *name; /* of the file in its directory */
    GSource *source;
    GSource *timer; /* NULL: no burst in progress */
    void (*changed)(gpointer user_data);
    gpointer user_data;
};

static gboolean
on_burst_end(gpointer user_data)
{
    WlFileWatch *self = user_data;

    wl_source_clear(&self->timer);
    self->changed(self->user_data);
    return G_SOURCE_REMOVE;
}

/* Events were lost, or one is about the file. */
static gboolean
is_relevant(const WlFileWatch *self, const char *buffer, gsize length)
{
    gsize at = 0;

    while (at + sizeof(struct inotify_event) <= length) {
        const struct inotify_event *event = (const void *) (buffer + at);

        if (event->mask & IN_Q_OVERFLOW || (event->len > 0 && strcmp(event->name, self->name) == 0))
            return TRUE;
        at += sizeof *event + event->len;
    }
    return FALSE;
}

static gboolean
on_readable(int fd, GIOCondition condition, gpointer user_data)
{
    WlFileWatch *self = user_data;
    _Alignas(struct inotify_event) char buffer[4096];
    gssize length = read(fd, buffer, sizeof buffer);

    if (length > 0 && is_relevant(self, buffer, (gsize) length)) {
        wl_source_clear(&self->timer);
        self->timer = wl_timeout_source_new(COALESCE, on_burst_end, self);
    }
    return G_SOURCE_CONTINUE;
}

WlFileWatch *
wl_file_watch_new(const char *path, void (*changed)(gpointer user_data), gpointer user_data,
                  GError **error)
{
    g_autofree char *directory = g_path_get_dirname(path);
    g_autoptr(WlFileWatch) self = g_new0(WlFileWatch, 1);

    self->changed = changed;
    self->user_data = user_data;
    self->name = g_path_get_basename(path);
    self->fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
    if (self->fd < 0 || inotify_add_watch(self->fd, directory, EVENTS) < 0) {
        wl_io_set_errno(error, errno, "cannot watch %s", directory);
        return NULL;
    }
    self->source = wl_fd_source_new(self->fd, G_IO_IN, on_readable, self);
    return g_steal_pointer(&self);
}

void
wl_file_watch_free(WlFileWatch *self)
{
    if (!self)
        return;
    wl_source_clear(&self->source);
    wl_source_clear(&self->timer);
    wl_fd_clear(&self->fd);
    g_free(self->name);
    g_free(self);
}
