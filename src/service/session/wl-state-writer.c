/* SPDX-License-Identifier: GPL-2.0-or-later */

/* Writes the state file in a thread. The main loop owns a WlStateWriter; the thread knows a Write
 * alone, of which there is one at a time. */

#include "wl-state-writer.h"

#include <gio/gio.h>

#include "wl-state-file.h"

/* One write. Two references: of the writer, and of the thread with its reply. */
typedef struct {
    grefcount references;
    char *uuid;
    char *state;
    WlStateWriter *writer; /* NULL: it does not wait for the reply any more */
    GMutex mutex;
    GCond cond;
    gboolean done; /* guarded, as the error */
    GError *error;
} Write;

struct _WlStateWriter {
    char *uuid;
    void (*written)(const GError *error, gpointer user_data);
    gpointer user_data;
    Write *current; /* NULL: no thread writes */
    char *next;     /* NULL: nothing waits */
};

static void
write_unref(Write *write)
{
    if (!g_ref_count_dec(&write->references))
        return;
    g_mutex_clear(&write->mutex);
    g_cond_clear(&write->cond);
    g_clear_error(&write->error);
    g_free(write->uuid);
    g_free(write->state);
    g_free(write);
}

WlStateWriter *
wl_state_writer_new(const char *uuid, void (*written)(const GError *error, gpointer user_data),
                    gpointer user_data)
{
    WlStateWriter *self = g_new0(WlStateWriter, 1);

    self->uuid = g_strdup(uuid);
    self->written = written;
    self->user_data = user_data;
    return self;
}

static void
run(GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
    Write *write = task_data;
    GError *error = NULL;

    wl_state_file_save(write->uuid, write->state, &error);
    g_mutex_lock(&write->mutex);
    write->error = error;
    write->done = TRUE;
    g_cond_signal(&write->cond);
    g_mutex_unlock(&write->mutex);
    g_task_return_boolean(task, TRUE);
}

static void start(WlStateWriter *self, char *state);

static void
on_done(GObject *source, GAsyncResult *result, gpointer user_data)
{
    Write *write = user_data;
    WlStateWriter *self = write->writer;

    if (self) {
        self->current = NULL;
        self->written(write->error, self->user_data);
        write_unref(write);
        if (self->next)
            start(self, g_steal_pointer(&self->next));
    }
    write_unref(write);
}

static void
start(WlStateWriter *self, char *state)
{
    Write *write = g_new0(Write, 1);
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_done, write);

    g_ref_count_init(&write->references);
    g_ref_count_inc(&write->references);
    g_mutex_init(&write->mutex);
    g_cond_init(&write->cond);
    write->uuid = g_strdup(self->uuid);
    write->state = state;
    write->writer = self;
    self->current = write;
    g_task_set_task_data(task, write, NULL);
    g_task_run_in_thread(task, run);
}

void
wl_state_writer_save(WlStateWriter *self, char *state)
{
    if (!self->current) {
        start(self, state);
        return;
    }
    g_free(self->next);
    self->next = state;
}

/* The thread may be in the middle of an older state. */
static void
wait_for_current(WlStateWriter *self)
{
    Write *write = g_steal_pointer(&self->current);

    g_mutex_lock(&write->mutex);
    while (!write->done)
        g_cond_wait(&write->cond, &write->mutex);
    g_mutex_unlock(&write->mutex);
    write->writer = NULL;
    self->written(write->error, self->user_data);
    write_unref(write);
}

void
wl_state_writer_free(WlStateWriter *self)
{
    g_autoptr(GError) error = NULL;

    if (!self)
        return;
    if (self->current)
        wait_for_current(self);
    if (self->next) {
        wl_state_file_save(self->uuid, self->next, &error);
        self->written(error, self->user_data);
    }
    g_free(self->next);
    g_free(self->uuid);
    g_free(self);
}
