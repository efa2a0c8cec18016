/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "state/wl-output.h"

#include "wl-array.h"
#include "wl-time.h"

WlOutput *
wl_output_new(WlOutputKind kind)
{
    WlOutput *output = g_new0(WlOutput, 1);

    output->kind = kind;
    return output;
}

void
wl_output_free(WlOutput *output)
{
    if (!output)
        return;
    g_clear_pointer(&output->bytes, g_bytes_unref);
    g_clear_pointer(&output->change, wl_peer_change_free);
    g_clear_pointer(&output->prefixes, g_array_unref);
    g_free(output->name);
    g_free(output);
}

void
wl_outputs_init(WlOutputs *self)
{
    self->snapshot_requested = self->snapshot_read = WL_LONG_AGO;
    self->state_save_due = WL_NEVER;
    self->state_saved = WL_LONG_AGO;
    self->allowed_scratch = wl_array_new(WlPrefix);
}

void
wl_outputs_clear(WlOutputs *self)
{
    g_queue_clear_full(&self->queue, (GDestroyNotify) wl_output_free);
    g_queue_clear_full(&self->sends, (GDestroyNotify) wl_output_free);
    g_array_unref(self->allowed_scratch);
}

void
wl_outputs_push(WlOutputs *self, WlOutput *output)
{
    g_queue_push_tail(&self->queue, output);
}

void
wl_outputs_push_send(WlOutputs *self, WlOutput *output)
{
    g_queue_push_tail(&self->sends, output);
}

void
wl_outputs_flush_sends(WlOutputs *self)
{
    WlOutput *output;

    while ((output = g_queue_pop_head(&self->sends)))
        wl_outputs_push(self, output);
}

static void
push_log(WlOutputs *self, char *line)
{
    WlOutput *output = wl_output_new(WL_OUTPUT_LOG);

    output->name = line;
    wl_outputs_push(self, output);
}

gboolean
wl_outputs_log(WlOutputs *self, WlFairShare *share, gint64 now, const char *format,
               va_list arguments)
{
    guint suppressed;

    if (!wl_log_limiter_take(&self->log_limiter, share, now, &suppressed))
        return FALSE;
    if (suppressed > 0)
        push_log(self, g_strdup_printf("%u messages suppressed", suppressed));
    push_log(self, g_strdup_vprintf(format, arguments));
    return TRUE;
}
