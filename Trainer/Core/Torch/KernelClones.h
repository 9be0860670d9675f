#ifndef TENSORVIEW_KERNEL_CLONES_H
#define TENSORVIEW_KERNEL_CLONES_H

/// Builds a function once for AVX-512, once for AVX2 and once for any x86-64; the loader takes the
/// best. To stand on the definition only: on a declaration too it leaves undefined references.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) &&                             \
  !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define TENSORVIEW_KERNEL_CLONES                                                                   \
  __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define TENSORVIEW_KERNEL_CLONES
#endif

#endif
