/* SPDX-License-Identifier: MIT */
/* Certificates for tests, made when they are needed: an issuer of the test's
 * own, and a server's certificate for each way in which one can be wrong. */
#ifndef SUPPORT_CERTIFICATES_H
#define SUPPORT_CERTIFICATES_H

#ifdef __cplusplus
extern "C" {
#endif

/* Writes into the folder ca.pem, the issuer to trust, and NAME.pem with
 * NAME.key for each NAME below. All are for localhost, 127.0.0.1 and ::1 but
 * where the name says otherwise. 0, or -1.
 *
 *   good               as it should be
 *   chained            issued by an intermediate, which is sent
 *   expired, early     no longer and not yet valid
 *   other-name         for other.example only
 *   other-address      for 127.0.0.9 only
 *   self-signed        by itself
 *   unknown-issuer     by another issuer, which is sent
 *   no-intermediate    issued by an intermediate, which is not sent
 *   not-a-ca           issued by a server's certificate, which is sent
 *   for-clients        for clients only
 */
int certificates_make(const char *folder);

#ifdef __cplusplus
}
#endif

#endif
