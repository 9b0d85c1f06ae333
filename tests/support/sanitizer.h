/* SPDX-License-Identifier: MIT */
/* Which sanitizer a test is built with: gcc and clang tell it differently. */
#ifndef SUPPORT_SANITIZER_H
#define SUPPORT_SANITIZER_H

#if defined(__has_feature)
#define SANITIZER_IS(feature) __has_feature(feature)
#else
#define SANITIZER_IS(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || SANITIZER_IS(address_sanitizer)
#define WITH_ASAN
#endif
#if defined(__SANITIZE_THREAD__) || SANITIZER_IS(thread_sanitizer)
#define WITH_TSAN
#endif

#endif
