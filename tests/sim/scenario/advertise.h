/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "scenario/run.h"

/** Facts that a host tells, true or not: "FROM TO SUBJECT endpoint E|allowed-ips P|member [NAME]
 * [basic]|alive [ttl N]", or
 * "FROM TO again": the same datagram as the last time. */
typedef struct _Advertisement Advertisement;

Advertisement *advertisement_new(Run *run, ScenarioLine *line, GError **error);
void advertisement_free(Advertisement *self);
/** Signed with the key of FROM, and sent through its device. */
void advertisement_send(Run *run, Advertisement *self);
