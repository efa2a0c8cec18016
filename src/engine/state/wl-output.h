/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-output.h"
#include "wl-rate-limit.h"

/** The outputs for the caller of the engine, and the pending ones of this turn. Times in engine
 * time (microseconds). */
typedef struct {
    GQueue queue; /* of WlOutput, for wl_engine_next_output() */
    GQueue sends; /* of WlOutput: follow the changes at the end of the turn */
    WlRateLimit log_rate;
    guint logs_dropped;
    gboolean snapshot_wanted;
    gint64 snapshot_requested; /* WL_LONG_AGO: none is outstanding */
    gint64 snapshot_read;      /* the last */
    gint64 state_save_due;     /* the state cache changed; WL_NEVER: it did not */
    GArray *allowed_scratch;   /* of WlPrefix: spares wl-reconcile.c an array for each peer */
} WlOutputs;

void wl_outputs_init(WlOutputs *self);
void wl_outputs_clear(WlOutputs *self);

WlOutput *wl_output_new(WlOutputKind kind);
/** Takes ownership of @output. */
void wl_outputs_push(WlOutputs *self, WlOutput *output);
/** Takes ownership of @output, a WL_OUTPUT_SEND, which follows the peer changes of this turn. */
void wl_outputs_push_send(WlOutputs *self, WlOutput *output);
void wl_outputs_flush_sends(WlOutputs *self);
/** Logs one line; the limit is a burst of 60 and one line per two seconds. */
void wl_outputs_log(WlOutputs *self, gint64 now, const char *format, va_list arguments)
    G_GNUC_PRINTF(3, 0);
