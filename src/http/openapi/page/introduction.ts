/** How to sign, told to both kinds of readers. */
export const introduction = [
  '统一支付接口，兼容 DaxPay 2.0.5、2.0.6、2.0.8 与 3.0 的客户端。全部使用 POST 与 application/json（UTF-8）；业务失败时 HTTP 状态仍为 200，以结果码区分。',
  "The unified-pay API, for DaxPay's clients of generations 2.0.5, 2.0.6, 2.0.8 and 3.0. Always POST and JSON in UTF-8. Failures are HTTP 200 with a code.",
  '签名：取请求体中除 sign 外所有不为 null 的顶层字段（空字符串参与签名），按名称 ASCII 排序，以 & 连接 name=value，删除全部双引号与反斜杠，末尾追加 &key=密钥；3.0 将整个字符串转为大写。按配置计算 MD5、HMAC_SHA256（以密钥为 key）或 SM3，结果为十六进制。',
  'Signature: take every top-level member but sign that is not null (empty strings included), sort by name, join name=value with &, delete every double quote and backslash, append &key=SECRET; 3.0 then upper-cases the whole string. The configured MD5, HMAC_SHA256 (with the secret as its key) or SM3 of it, in hex.',
  '示例均以密钥 123456 和 HMAC_SHA256 真实签名。',
  'The examples are really signed, with the secret 123456 and HMAC_SHA256.',
].join('\n\n');
