/** How to sign, in both languages. */
export const introduction = [
  '统一支付接口，兼容 DaxPay 2.0.5、2.0.6、2.0.8 与 3.0 的客户端。全部使用 POST 与 application/json（UTF-8）；业务失败时 HTTP 状态仍为 200，以结果码区分。',
  'The unified-pay API, for DaxPay clients of generations 2.0.5, 2.0.6, 2.0.8 and 3.0. Always POST and JSON in UTF-8. Failures are HTTP 200 with a result code.',
  '签名：取请求体中除 sign 外所有不为 null 的顶层字段（空字符串参与签名），按名称 ASCII 排序，以 & 连接 name=value，删除全部双引号与反斜杠，末尾追加 &key=密钥；3.0 将整个字符串转为大写。按配置计算 MD5、HMAC_SHA256（以密钥为 key）或 SM3，结果为十六进制。',
  'Signature: take every top-level member except sign that is not null (including empty strings), sort by name in ASCII order, join name=value with &, delete every double quote and backslash, and append &key=SECRET; 3.0 then converts the whole string to upper case. The signature is its MD5, HMAC_SHA256 (the secret is the key) or SM3, as configured, in hex.',
  '示例均以密钥 123456 和 HMAC_SHA256 真实签名。',
  'The examples have valid signatures, made with the secret 123456 and HMAC_SHA256.',
].join('\n\n');
