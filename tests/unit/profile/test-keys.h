/* SPDX-License-Identifier: GPL-2.0-or-later */
#pragma once

/* Keys of the tests, the same as in the corpus. */
#define PRIVATE_KEY   "xDCkVfhCNpYBwVxcmPqOuFpoJMO6BxYexBAKloRNyjU="
#define OWN_KEY       "fNKz2zZNVYoVC7hhtN1Vm++Y42CasEkt2sp82LMFRSY=" /* of PRIVATE_KEY */
#define HUB_KEY       "FSXZOoplXTlQyHxwmOZ2AY72AHFggajo2gV46747tzQ="
#define LAPTOP_KEY    "2aM9QzUOUy7G9ljwfRzT+J/TdgObNc8fC/Jm9uBCvTA="
#define PHONE_KEY     "pHNt7Zh/ledy17AsjhbgB5LrunUNa3NSK5PlK7MHDKM="
#define PRESHARED_KEY "QBwXrvT0ZcVcuh/ukMFldPqw2fM91OwmaHAIvVVulVo="
