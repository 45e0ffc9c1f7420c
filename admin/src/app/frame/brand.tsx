import { useText } from '../../text/use-text.ts';

export function Brand() {
  const { common } = useText();
  return (
    <>
      <img src="/admin/icon.svg" alt="" width={28} height={28} />
      {common.product}
    </>
  );
}
