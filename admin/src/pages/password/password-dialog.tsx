import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Alert, Form, Input, Modal } from 'antd';
import { changePassword } from '../../api/request.ts';
import { Problem } from '../../parts/problem.tsx';
import { useText } from '../../text/use-text.ts';

interface Fields {
  current: string;
  next: string;
  again: string;
}

/** As on the server, which decides: this only saves a request. */
const MIN_LENGTH = 12;

export function PasswordDialog({ onClose }: { onClose(): void }) {
  const { common, pages } = useText();
  const text = pages.password;
  const [form] = Form.useForm<Fields>();
  const client = useQueryClient();
  const change = useMutation({
    mutationFn: ({ current, next }: Fields) => changePassword(current, next),
    onSuccess: (me) => client.setQueryData(['me'], me),
  });
  const missing = { required: true, message: text.missing };

  return (
    <Modal
      open
      title={text.title}
      okText={change.isSuccess ? common.close : common.save}
      cancelText={common.cancel}
      confirmLoading={change.isPending}
      onOk={() => (change.isSuccess ? onClose() : form.submit())}
      onCancel={onClose}
    >
      <div aria-live="polite">
        {change.isSuccess && <Alert type="success" title={text.done} showIcon />}
        {change.error !== null && <Problem error={change.error} />}
      </div>
      {!change.isSuccess && (
        <Form form={form} layout="vertical" onFinish={(fields) => change.mutate(fields)} requiredMark={false}>
          <Form.Item name="current" label={text.current} rules={[missing]}>
            <Input.Password autoComplete="current-password" />
          </Form.Item>
          <Form.Item
            name="next"
            label={text.next}
            rules={[missing, { min: MIN_LENGTH, message: text.short }]}
          >
            <Input.Password autoComplete="new-password" />
          </Form.Item>
          <Form.Item
            name="again"
            label={text.again}
            dependencies={['next']}
            rules={[
              missing,
              ({ getFieldValue }) => ({
                validator: async (_, value) => {
                  if (value && value !== getFieldValue('next')) throw new Error(text.differs);
                },
              }),
            ]}
          >
            <Input.Password autoComplete="new-password" />
          </Form.Item>
        </Form>
      )}
    </Modal>
  );
}
