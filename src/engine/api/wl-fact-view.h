/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "wl-key.h"
#include "wl-reason.h"

typedef struct _WlEngine WlEngine;

/** One fact from one source. Owns its strings, except `type`. */
typedef struct {
    WlKey subject;
    char *subject_name; /* "": none */
    const char *type;   /* "endpoint", "allowed-ips", "member"; static */
    char *value;        /* of a member: its name, or "" */
    gboolean local;     /* originated by this member; `source` is then unset */
    WlKey source;
    char *source_name; /* "": none */
    gboolean accepted;
    WlReason *reason; /* why it is accepted or refused */
    gint64 expires;   /* in the past if stale */
    gboolean stale;   /* expired, but kept because its source is unreachable */
} WlFactView;

/**
 * Every fact that the engine holds, sorted by subject, type, value and source; of WlFactView. Free
 * with g_ptr_array_unref(). Refused facts are held until they expire, as accepted ones are.
 */
GPtrArray *wl_engine_dup_facts(const WlEngine *self);
/** The networks within which facts may claim prefixes: masked; of WlPrefix. Free with
 * g_array_unref(). */
GArray *wl_engine_dup_networks(const WlEngine *self);
