import { Link } from 'react-router';

export function OrderLink({ orderNo }: { orderNo: string }) {
  return (
    <Link to={`/orders/${encodeURIComponent(orderNo)}`} className="code">
      {orderNo}
    </Link>
  );
}
