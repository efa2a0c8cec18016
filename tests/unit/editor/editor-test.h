/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

#include "model/wl-import.h"
#include "model/wl-live-text.h"
#include "model/wl-model.h"
#include "model/wl-peer.h"
#include "model/wl-read.h"
#include "model/wl-setting.h"

/* Keys of the tests, the same as in the corpus. */
#define PRIVATE_KEY   "xDCkVfhCNpYBwVxcmPqOuFpoJMO6BxYexBAKloRNyjU="
#define HUB_KEY       "FSXZOoplXTlQyHxwmOZ2AY72AHFggajo2gV46747tzQ="
#define LAPTOP_KEY    "2aM9QzUOUy7G9ljwfRzT+J/TdgObNc8fC/Jm9uBCvTA="
#define PHONE_KEY     "pHNt7Zh/ledy17AsjhbgB5LrunUNa3NSK5PlK7MHDKM="
#define PRESHARED_KEY "QBwXrvT0ZcVcuh/ukMFldPqw2fM91OwmaHAIvVVulVo="

/* A connection with the items "key=value" of vpn.data; "!key=value" is a secret. */
NMConnection *test_connection(const char *const *items);
/* A model that has loaded such a connection. */
WlEditorModel *test_model(const char *const *items);
/* A valid model with two peers, hub (a router) and laptop. */
WlEditorModel *test_model_of_two(void);

const char *test_data(NMConnection *connection, const char *key);
const char *test_secret(NMConnection *connection, const char *key);

/* The problem of the field contains @part; NULL: there is none. */
void test_assert_problem(WlEditorModel *model, WlEditorPeer *peer, const char *key,
                         const char *part);
