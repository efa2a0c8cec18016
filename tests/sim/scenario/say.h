/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "scenario/run.h"

/** Facts that a host tells, true or not: "FROM TO SUBJECT endpoint E|allowed P|member [NAME]
 * [basic]|alive [ttl N]", or
 * "FROM TO again": the same datagram as the last time. */
typedef struct _Said Said;

Said *said_new(Run *run, ScenarioLine *line, GError **error);
void said_free(Said *self);
/** Signed with the key of FROM, and sent through its device. */
void said_send(Run *run, Said *self);
