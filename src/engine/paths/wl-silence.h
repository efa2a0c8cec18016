/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "state/wl-engine-state.h"

/** What to do about a peer to which something was sent. */
typedef enum {
    WL_SILENCE_NONE,  /* it answered, or was sent nothing */
    WL_SILENCE_WAIT,  /* until the time returned */
    WL_SILENCE_PROBE, /* request an answer */
    WL_SILENCE_READ_DEVICE,
    WL_SILENCE_SILENT, /* it does not answer */
} WlSilenceAction;

typedef struct {
    gint64 now;
    gint64 asked;    /* since when something was sent without an answer; WL_LONG_AGO: nothing was */
    gint64 probed;   /* the last probe since then; WL_LONG_AGO: none */
    guint probes;    /* number of those */
    gint64 heard;    /* the last sign of life */
    gint64 snapshot; /* the last one */
    gboolean answers; /* probes are answered at once; otherwise only by a passive keepalive */
} WlSilenceInput;

/** A pure function. *@wake_at is set with WL_SILENCE_WAIT. */
WlSilenceAction wl_silence_decide(const WlSilenceInput *input, gint64 *wake_at);

/** The counters of @peer show that overlay traffic was sent to it. */
void wl_silence_note_sent(WlEngine *self, WlPeer *peer);
/** A user looks at @peer: it is probed unless it was heard just now. */
void wl_silence_check(WlEngine *self, WlPeer *peer);
/** The step of @peer in a turn. */
void wl_silence_run(WlEngine *self, WlPeer *peer);
