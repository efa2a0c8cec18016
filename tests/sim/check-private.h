/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "check.h"

/** What has reached a host, and until when: fact identity -> expiry. */
typedef struct _Heard Heard;

Heard *heard_new(void);
void heard_free(Heard *self);
void heard_note(Heard *self, gint64 now, const WlFact *fact);
/** When the last copy of @fact runs out; -1: never heard. */
gint64 heard_expires(const Heard *self, const WlFact *fact);

/** NULL, or a sentence about what @from has no right to say. To be freed. */
char *check_fact_sent(const SimHost *from, const Heard *heard, const WlFact *fact);
/** NULL, or a sentence about something in the device or the routes of @host that its rules forbid.
 * To be freed. */
char *check_device(const SimHost *host);

typedef enum {
    WAY_IMPOSSIBLE, /* no direct one */
    WAY_PERHAPS,
    WAY_POSSIBLE,
} Way;

/** Whether the networks between the two let a direct way be found. */
Way check_way(const SimHost *a, const SimHost *b);
