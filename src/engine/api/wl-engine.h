/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-engine-config.h"
#include "wl-engine-inputs.h"
#include "wl-engine-output.h"
#include "wl-engine-view.h"

/**
 * The protocol and every decision, as a pure state machine: inputs are calls, effects are a list of
 * outputs, time and random bytes are arguments. Two engines with the same inputs produce the same
 * outputs.
 *
 * Times are microseconds of CLOCK_BOOTTIME or any other monotonic clock and never decrease. After
 * every input the caller takes the outputs, carries them out in order, and reads the next deadline.
 * The engine is not thread-safe and never calls back.
 */
typedef struct _WlEngine WlEngine;

/**
 * Copies @config. The first turn emits a WL_PEER_ADD for every configured peer, so the link must
 * exist before its outputs are carried out. NULL with *error if the configuration contradicts
 * itself (see wl_engine_config_check()).
 */
WlEngine *wl_engine_new(const WlEngineConfig *config, gint64 now, WlRandomFunc random,
                        gpointer user_data, GError **error);
/** Learned members with their names, allowed IPs and endpoints that worked, as text for
 * wl_engine_load_state(). Contains no secrets. Free with g_free(). */
char *wl_engine_dup_state(const WlEngine *self);
/** Wipes all keys. */
void wl_engine_free(WlEngine *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(WlEngine, wl_engine_free)

/** The next output, owned by the caller; NULL if there is none. */
WlOutput *wl_engine_next_output(WlEngine *self);
/** The latest time for the next wl_engine_advance_time(); G_MAXINT64: never. */
gint64 wl_engine_get_deadline(const WlEngine *self);
